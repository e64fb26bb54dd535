import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems, row } from '../testing.ts'
import { PriorityClass } from './priority-class.ts'

const reserved = "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only"
const named = (name: string, value: number, more: object = {}) => ({ metadata: { name }, value, ...more })

const all: readonly (readonly [string, object, readonly string[]])[] = [
  ['a value', { value: 1000 }, []],
  ['the value of the system', named('system-node-critical', 2000001000), []],
  [
    'too high a value',
    { value: 1000000001 },
    ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  ],
  [
    'a name of the system',
    named('system-mine', 1),
    [`${reserved}. error: system-mine is not a known system priority class`],
  ],
  [
    'another value than the name stands for',
    named('system-cluster-critical', 1),
    [`${reserved}. error: value of system-cluster-critical PriorityClass must be 2000000000`],
  ],
  [
    'an unknown policy',
    { preemptionPolicy: 'Always' },
    ['preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"'],
  ],
]
for (const [what, sent, expected] of all) {
  test(`a priority class with ${what} is told so`, () => {
    assert.deepEqual(problems(PriorityClass, sent), expected)
  })
}

test('what a priority class means never changes', () => {
  const problems = changeProblems(PriorityClass, { value: 1 }, { value: 2, preemptionPolicy: 'Never' })
  assert.deepEqual(problems, [
    'value: Forbidden: may not be changed in an update.',
    'preemptionPolicy: Invalid value: "Never": field is immutable',
  ])
  assert.deepEqual(changeProblems(PriorityClass, { value: 1 }, { value: 1, description: 'b' }), [])
})

test('a priority class has what was left out, and its cells', () => {
  assert.equal(made(PriorityClass, { value: 1 }).preemptionPolicy, 'PreemptLowerPriority')
  assert.equal(
    row(PriorityClass, { value: 7, globalDefault: true }),
    'Name=a Value=7 Global-Default=true Age=<unknown> PreemptionPolicy=PreemptLowerPriority',
  )
})
