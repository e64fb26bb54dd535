// A schema that keeps what it does not know takes any field, and is explained by its description.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isPublished } from '../fixtures/openapi.ts'

const schema = {
  type: 'object',
  description: 'keeps unknown fields at the root',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: { spec: { type: 'object', properties: { known: { type: 'string' } } } },
}

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI works for CRD preserving unknown fields at the schema root',
    since: '1.16',
  },
  async (t) => {
    const custom = await define(t, { schema })
    await isPublished(t, custom, 'v1')
    const stdin = JSON.stringify(custom.object('any', { unknown: { deep: [1] }, spec: { known: 'a' } }))
    await t.kubectl(['create', '-f', '-'], { stdin })
    await t.kubectl(['apply', '-f', '-'], { stdin })
    assert.deepEqual((await t.get(custom.path('any'))).unknown, { deep: [1] })
    const { stdout } = await t.kubectl(['explain', custom.plural])
    assert.match(stdout, /DESCRIPTION:\s+(keeps unknown fields at the root|<empty>)/)
  },
)
