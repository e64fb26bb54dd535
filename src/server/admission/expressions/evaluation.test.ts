import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Evaluation, type Inputs, OutOfBudget, type Result } from './evaluation.ts'
import { compiled, compiledVariables } from './programs.ts'

const inputs: Inputs = { object: { n: 3, list: [1, 2, 3] }, oldObject: null, request: {}, namespaceObject: null }

/** Of variables by name, and an expression that may use them. */
const evaluated = (variables: Readonly<Record<string, string>>, expressions: readonly string[], budget?: number) => {
  const all = Object.entries(variables).map(([name, expression]) => ({ name, expression }))
  const { variables: programs, environment } = compiledVariables(all, false)
  const evaluation = new Evaluation(inputs, programs, budget)
  const results = expressions.map((source): Result => evaluation.run(compiled(source, environment)))
  return { results, evaluation }
}

test('a variable is worked out once, and only when it is asked for', () => {
  const dear = 'object.list.map(x, x * 2).size()'
  const cost = (expressions: readonly string[]) => 10_000_000 - evaluated({ dear }, expressions).evaluation.budget
  const without = cost(['1'])
  const once = cost(['variables.dear'])
  assert.equal(without, 0)
  assert.ok(once > 10)
  assert.ok(cost(['variables.dear', 'variables.dear']) < once * 1.5)
})

test('variables keep the types of their values', () => {
  const variables = {
    whole: '1.0',
    text: '"x"',
    list: '[1, 2]',
    map: '{"a": 1}',
    at: 'timestamp("2024-01-01T00:00:00Z")',
    none: 'null',
    maybe: 'object.?nothing',
    quantity: 'quantity("1Ki")',
  }
  const expressions = [
    'type(variables.whole) == double',
    'variables.text + "y" == "xy"',
    'variables.list.exists(x, x == 2) && variables.list[0] == 1',
    'variables.map.a == 1 && "a" in variables.map',
    'variables.at.getFullYear() == 2024',
    'variables.none == null',
    '!variables.maybe.hasValue()',
    'variables.quantity.isGreaterThan(quantity("1k"))',
    'has(variables.text)',
  ]
  const { results } = evaluated(variables, expressions)
  assert.deepEqual(
    results,
    expressions.map(() => ({ value: true })),
  )
})

test('what goes wrong in a variable goes wrong where it is used', () => {
  const variables = { bad: 'object.nothing', worse: 'variables.bad + 1' }
  const { results } = evaluated(variables, ['variables.worse == 1', 'true || variables.bad == 1', '1 == 1'])
  const inner = 'composited variable "bad" fails to evaluate: no such key: nothing'
  assert.deepEqual(results, [
    {
      error: `expression 'variables.worse == 1' resulted in error: composited variable "worse" fails to evaluate: ${inner}`,
    },
    { value: true },
    { value: true },
  ])
})

test('a variable that does not compile, and an expression that does not', () => {
  const { results } = evaluated({ bad: 'nothing' }, ['variables.bad == 1', 'nothing'])
  assert.match(results[0]?.error ?? '', /composited variable "bad" fails to compile: compilation failed: ERROR/)
  assert.match(results[1]?.error ?? '', /^compilation error: compilation failed: ERROR: <input>:1:1: undeclared/)
})

test('the budget is for all expressions together, variables included', () => {
  const items = `[${Array.from({ length: 50 }, (_, i) => i).join(', ')}]`
  const dear = `${items}.map(x, x * 2).size() == 50`
  assert.throws(() => evaluated({}, [dear, dear], 400), OutOfBudget)
  assert.throws(() => evaluated({ dear }, ['variables.dear'], 100), OutOfBudget)
  assert.deepEqual(evaluated({}, [dear], 1000).results, [{ value: true }])
})

const nested = (depth: number): string => (depth === 0 ? 'true' : `object.list.all(x${depth}, ${nested(depth - 1)})`)

test('what would take too long ends, also in variables', () => {
  const many = Array.from({ length: 2000 }, (_, i) => i)
  const hostile = `${JSON.stringify(many)}.all(a, ${JSON.stringify(many)}.all(b, a + b >= 0))`
  const text = 'operation cancelled: actual cost limit exceeded'
  const { results } = evaluated({ hostile }, [hostile, 'variables.hostile || true', nested(4)])
  assert.match(results[0]?.error ?? '', new RegExp(`resulted in error: ${text}$`))
  // Nobody may go on as if nothing had happened.
  assert.match(results[1]?.error ?? '', new RegExp(text))
  assert.deepEqual(results[2], { value: true })
})
