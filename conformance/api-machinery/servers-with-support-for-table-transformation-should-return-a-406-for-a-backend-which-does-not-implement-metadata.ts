// A review is nothing with metadata: it cannot be shown as a table, and whoever takes only that is told so.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Servers with support for Table transformation should return a 406 for a backend which does not implement metadata',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace: 'default', resource: 'pods', verb: 'get' } },
    }
    const { status, body } = await t.request('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      body: review,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    assert.equal(status, 406)
    assert.equal(body.kind, 'Status')
    assert.equal(body.reason, 'NotAcceptable')
  },
)
