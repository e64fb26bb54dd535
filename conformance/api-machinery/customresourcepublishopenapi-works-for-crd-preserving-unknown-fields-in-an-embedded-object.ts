// Below a field that keeps what it does not know anything may stand; elsewhere it may not.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isPublished } from '../fixtures/openapi.ts'

const schema = {
  type: 'object',
  description: 'keeps unknown fields in a nested field',
  properties: {
    spec: {
      type: 'object',
      description: 'Specification of Waldo',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { dummy: { type: 'object' } },
    },
  },
}

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI works for CRD preserving unknown fields in an embedded object',
    since: '1.16',
  },
  async (t) => {
    const custom = await define(t, { schema })
    await isPublished(t, custom, 'v1')
    const stdin = JSON.stringify(custom.object('any', { spec: { unknown: { deep: [1] } } }))
    await t.kubectl(['create', '-f', '-'], { stdin })
    await t.kubectl(['apply', '-f', '-'], { stdin })
    assert.deepEqual((await t.get(custom.path('any'))).spec, { unknown: { deep: [1] } })
    const elsewhere = JSON.stringify(custom.object('bad', { unknown: true }))
    const { stderr } = await t.kubectl(['create', '-f', '-'], { stdin: elsewhere, fails: true })
    assert.match(stderr, /unknown field "unknown"/)
    const { stdout } = await t.kubectl(['explain', custom.plural])
    assert.match(stdout, /DESCRIPTION:\s+keeps unknown fields in a nested field/)
    assert.match(stdout, /spec\s+<(Object|)>[\s\S]*Specification of Waldo/)
  },
)
