// Strict validation refuses a field that the schema does not have.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isStrictError, strictApply, strictCreate } from '../fixtures/strict.ts'

const spec = { type: 'object', properties: { foo: { type: 'string' } } }

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'FieldValidation should create/apply an invalid CR with extra properties for CRD with validation schema',
    since: '1.27',
  },
  async (t) => {
    const custom = await define(t, { schema: { type: 'object', properties: { spec } } })
    const body = (name: string) =>
      JSON.stringify(custom.object(name, { spec: { foo: 'foo1', extraProperty: 'arbitrary' } }))
    isStrictError(await strictCreate(t, custom.path(), body('created')), 'unknown field "spec.extraProperty"')
    const applied = await strictApply(t, custom.path('applied'), body('applied'))
    assert.ok(applied.status >= 400, applied.text)
    assert.match(
      applied.body.message,
      /\.spec\.extraProperty: field not declared in schema|unknown field "spec\.extraProperty"/,
    )
    assert.deepEqual((await t.get(custom.path())).items, [])
  },
)
