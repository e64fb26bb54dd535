import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from '../../metrics.ts'
import { errorTypeOf, PolicyCounts } from './counts.ts'

test('policies are counted under upstream names', async () => {
  const metrics = new Metrics()
  const counts = new PolicyCounts(metrics)
  const denied = { policy: 'p', binding: 'b', errorType: 'invalid_error', action: 'deny' } as const
  counts.count(denied)
  counts.count(denied)
  counts.count({ policy: 'm', binding: 'b', errorType: 'no_error' })
  const text = await metrics.text()
  const lines = [
    '# TYPE apiserver_validating_admission_policy_check_total counter',
    'apiserver_validating_admission_policy_check_total{enforcement_action="deny",error_type="invalid_error",policy="p",policy_binding="b"} 2',
    'apiserver_mutating_admission_policy_check_total{error_type="no_error",policy="m",policy_binding="b"} 1',
  ]
  for (const line of lines) assert.ok(text.split('\n').includes(line), text)
})

test('whoever makes up names does not fill the memory', async () => {
  const metrics = new Metrics()
  const counts = new PolicyCounts(metrics)
  for (let i = 0; i < 5000; i++) counts.count({ policy: `p${i}`, binding: 'b', errorType: 'no_error' })
  assert.equal((await metrics.text()).match(/^apiserver_mutating/gm)?.length, 1000)
})

for (const [message, type] of [
  ['too many', 'invalid_error'],
  ["expression 'x' resulted in error: y", 'invalid_error'],
  ['compilation error: compilation failed: x', 'compile_error'],
  ['validation failed due to running out of cost budget, no further validation rules will be run', 'out_of_budget'],
] as const)
  test(`errorTypeOf(): ${type} for ${message}`, () => {
    assert.equal(errorTypeOf(message), type)
  })
