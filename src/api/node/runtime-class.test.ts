import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, problems, row } from '../testing.ts'
import { RuntimeClass } from './runtime-class.ts'

const all: readonly (readonly [string, object, readonly string[]])[] = [
  ['a handler', { handler: 'runsc', overhead: { podFixed: { cpu: '10m' } } }, []],
  [
    'a handler that is no label',
    { handler: 'Run' },
    [
      "handler: Invalid value: \"Run\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [
    'less than no overhead',
    { handler: 'a', overhead: { podFixed: { cpu: '-1' } } },
    ['overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  [
    'a toleration of nothing',
    { handler: 'a', scheduling: { tolerations: [{ operator: 'Equal' }] } },
    [
      'scheduling.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  ],
]
for (const [what, sent, expected] of all) {
  test(`a runtime class with ${what} is told so`, () => {
    assert.deepEqual(problems(RuntimeClass, sent), expected)
  })
}

test('the handler never changes', () => {
  assert.deepEqual(changeProblems(RuntimeClass, { handler: 'a' }, { handler: 'b' }), [
    'handler: Invalid value: "b": field is immutable',
  ])
  assert.equal(row(RuntimeClass, { handler: 'runsc' }), 'Name=a Handler=runsc Age=<unknown>')
})
