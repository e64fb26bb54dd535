// What is all in the schema passes strict validation.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { strictApply, strictCreate } from '../fixtures/strict.ts'

const spec = { type: 'object', properties: { foo: { type: 'string' }, cronSpec: { type: 'string' } } }

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'FieldValidation should create/apply a valid CR for CRD with validation schema',
    since: '1.27',
  },
  async (t) => {
    const custom = await define(t, { schema: { type: 'object', properties: { spec } } })
    const body = (name: string) =>
      JSON.stringify(custom.object(name, { spec: { foo: 'foo1', cronSpec: '* * * * */5' } }))
    const created = await strictCreate(t, custom.path(), body('created'))
    assert.equal(created.status, 201, created.text)
    assert.deepEqual(created.body.spec, { foo: 'foo1', cronSpec: '* * * * */5' })
    for (const status of [201, 200]) {
      const applied = await strictApply(t, custom.path('applied'), body('applied'))
      assert.equal(applied.status, status, applied.text)
      assert.equal(applied.body.spec.foo, 'foo1')
    }
  },
)
