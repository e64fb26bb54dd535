// Metadata is known, at the root and in an embedded object, however little is known of the rest.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isStrictError, strictApply, strictCreate } from '../fixtures/strict.ts'

const embedded = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
}
const schema = {
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  properties: { spec: { type: 'object', properties: { template: embedded } } },
}

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'FieldValidation should detect unknown metadata fields in both the root and embedded object of a CR',
    since: '1.27',
  },
  async (t) => {
    const custom = await define(t, { schema })
    const template = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'inner', unknownSubMeta: 'foo' } }
    const object = custom.object('strict', { spec: { template } })
    object.metadata.unknownMeta = 'foo'
    const problems = ['unknown field "metadata.unknownMeta"', 'unknown field "spec.template.metadata.unknownSubMeta"']
    isStrictError(await strictCreate(t, custom.path(), JSON.stringify(object)), ...problems)
    const applied = await strictApply(t, custom.path('strict'), JSON.stringify(object))
    assert.ok(applied.status >= 400, applied.text)
    assert.match(applied.body.message, /unknownMeta|unknownSubMeta/)
    assert.deepEqual((await t.get(custom.path())).items, [])
  },
)
