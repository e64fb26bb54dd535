// What several conditions together say.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Inputs } from './evaluation.ts'
import { conditionsMatch } from './match-conditions.ts'
import { compiledConditions } from './programs.ts'

const inputs: Inputs = { object: { n: 3, list: [1, 2, 3] }, oldObject: null, request: {}, namespaceObject: {} }

const conditionsOf = (expressions: readonly string[]) =>
  compiledConditions(
    expressions.map((expression, i) => ({ name: `c${i}`, expression })),
    false,
  )

const conditions: readonly [string, readonly string[], 'Fail' | 'Ignore', boolean | string][] = [
  ['none', [], 'Fail', true],
  ['all true', ['true', 'object.n == 3'], 'Fail', true],
  ['one false', ['true', 'object.n == 4'], 'Fail', false],
  ['false decides over an error before it', ['object.x == 1', 'false'], 'Fail', false],
  ['an error', ['object.x == 1', 'true'], 'Fail', "expression 'object.x == 1' resulted in error: no such key: x"],
  [
    'two errors',
    ['object.x == 1', 'object.y == 1', 'object.x == 1'],
    'Fail',
    "[expression 'object.x == 1' resulted in error: no such key: x, expression 'object.y == 1' resulted in error: no such key: y]",
  ],
  ['an error that is ignored', ['object.x == 1', 'true'], 'Ignore', false],
  ['one that does not compile', ['nothing'], 'Ignore', false],
  ['the namespace is not told', ['namespaceObject == null'], 'Fail', true],
]

for (const [what, expressions, failurePolicy, outcome] of conditions)
  test(`conditionsMatch(): ${what}`, () => {
    const matched = conditionsMatch(conditionsOf(expressions), inputs, failurePolicy)
    assert.deepEqual(matched, typeof outcome === 'string' ? { error: outcome } : { matches: outcome })
  })

test('conditions share one budget', () => {
  const dear = `${'[0,1,2,3,4,5,6,7,8,9].all(a, '.repeat(4)}'x'.matches('x+')${')'.repeat(4)}`
  assert.deepEqual(conditionsMatch(conditionsOf([dear]), inputs, 'Fail'), { matches: true })
  const { error } = conditionsMatch(conditionsOf(new Array(64).fill(dear)), inputs, 'Fail') as { error?: string }
  assert.equal(error, 'validation failed due to running out of cost budget, no further validation rules will be run')
})
