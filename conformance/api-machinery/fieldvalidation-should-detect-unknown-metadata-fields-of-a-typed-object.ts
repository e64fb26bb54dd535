// Strict validation knows the fields of metadata too.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isStrictError, strictApply, strictCreate } from '../fixtures/strict.ts'

const body = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'strict', unknownMeta: 'metaVal' },
  spec: {
    selector: { matchLabels: { app: 'nginx' } },
    template: {
      metadata: { labels: { app: 'nginx' }, unknownTemplateMeta: 'metaVal' },
      spec: { containers: [{ name: 'nginx', image: 'nginx:latest' }] },
    },
  },
})

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'FieldValidation should detect unknown metadata fields of a typed object',
    since: '1.27',
  },
  async (t) => {
    const path = t.path('apps/v1', 'deployments')
    isStrictError(
      await strictCreate(t, path, body),
      'unknown field "metadata.unknownMeta"',
      'unknown field "spec.template.metadata.unknownTemplateMeta"',
    )
    const applied = await strictApply(t, `${path}/strict`, body)
    assert.ok(applied.status >= 400, applied.text)
    assert.match(applied.body.message, /unknownMeta/)
    assert.equal((await t.request('GET', `${path}/strict`)).status, 404)
  },
)
