// What several conditions together say.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileConditions } from './match-conditions.ts'

const variables = { object: { metadata: { name: 'x' } }, oldObject: null, request: { operation: 'CREATE' } }
const good = "object.metadata.name == 'x'"
const not = "request.operation == 'DELETE'"
const broken = 'object.none == 1'
const error = `expression '${broken}' resulted in error: no such key: none`

for (const [what, expressions, outcome] of [
  ['all true', [good, good], { matches: true }],
  ['one false', [good, not], { matches: false }],
  ['one that fails', [good, broken], { errors: [error] }],
  ['a false one after one that fails', [broken, not], { matches: false }],
  ['two that fail', [broken, broken], { errors: [error, error] }],
] as const)
  test(`conditions: ${what}`, () => {
    const conditions = expressions.map((expression, i) => ({ name: `c${i}`, expression }))
    assert.deepEqual(compileConditions(conditions)(variables), outcome)
  })

test('conditions share one budget', () => {
  const conditions = Array.from({ length: 64 }, (_, i) => ({
    name: `c${i}`,
    expression: `${'[0,1,2,3,4,5,6,7,8,9].all(a, '.repeat(4)}'x'.matches('x+')${')'.repeat(4)}`,
  }))
  assert.deepEqual(compileConditions(conditions.slice(0, 1))(variables), { matches: true })
  const { errors } = compileConditions(conditions)(variables)
  assert.match(errors?.[0] ?? '', /running out of cost budget|cost limit exceeded/)
})
