// Where nothing is known, nothing is unknown.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { strictApply, strictCreate } from '../fixtures/strict.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'FieldValidation should create/apply a CR with unknown fields for CRD with no validation schema',
    since: '1.27',
  },
  async (t) => {
    const custom = await define(t)
    const body = (name: string) =>
      JSON.stringify(custom.object(name, { spec: { unknown: { more: [1] } }, extra: 'yes' }))
    const created = await strictCreate(t, custom.path(), body('created'))
    assert.equal(created.status, 201, created.text)
    assert.equal(created.body.extra, 'yes')
    const applied = await strictApply(t, custom.path('applied'), body('applied'))
    assert.equal(applied.status, 201, applied.text)
    assert.deepEqual(applied.body.spec, { unknown: { more: [1] } })
  },
)
