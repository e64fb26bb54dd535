// A key that is there twice is found even where any key may be, in JSON and in YAML.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isStrictError, strictApply, strictCreate } from '../fixtures/strict.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'FieldValidation should detect duplicates in a CR when preserving unknown fields',
    since: '1.27',
  },
  async (t) => {
    const custom = await define(t)
    const header = `"apiVersion": "${custom.group}/v1", "kind": "${custom.kind}", "metadata": { "name": "twice" }`
    const json = `{ ${header}, "spec": { "unknown": "uk1", "unknown": "uk2", "known": 1 } }`
    isStrictError(await strictCreate(t, custom.path(), json), 'duplicate field "spec.unknown"')
    const yaml = `
apiVersion: ${custom.group}/v1
kind: ${custom.kind}
metadata:
  name: twice
spec:
  unknown: uk1
  unknown: uk2
`
    const applied = await strictApply(t, custom.path('twice'), yaml)
    assert.equal(applied.status, 400, applied.text)
    assert.match(applied.body.message, /"unknown" already set in map|duplicate field "spec\.unknown"/)
    assert.deepEqual((await t.get(custom.path())).items, [])
  },
)
