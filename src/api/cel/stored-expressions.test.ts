import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CelEnvironment } from '#api/cel-problems.ts'
import { checkStoredExpression } from './stored-expressions.ts'

const validation = { use: 'validation', params: false, variables: [] } as const
const cases: readonly (readonly [expression: string, environment: CelEnvironment, problem: RegExp | undefined])[] = [
  ['object.spec.replicas <= 5', validation, undefined],
  ['1', validation, /^must evaluate to bool$/],
  ['params.x == 1', validation, /undeclared reference to 'params'/],
  ['params.x == 1', { ...validation, params: true }, undefined],
  ['request.nam == "x"', validation, /undefined field 'nam'/],
  ['variables.a == "x"', { ...validation, variables: [{ name: 'a', expression: 'request.name' }] }, undefined],
  [
    'variables.a == 1',
    { ...validation, variables: [{ name: 'a', expression: 'request.name' }] },
    /no matching overload/,
  ],
  ['1', { ...validation, use: 'auditAnnotation' }, /^must evaluate to one of \[string null_type\]$/],
  ['authorizer.group("").resource("pods").check("get").allowed()', { use: 'matchCondition', params: false }, undefined],
  ['Object{spec: Object.spec{replicas: 1}}', { ...validation, use: 'applyConfiguration' }, undefined],
  ['[JSONPatch{op: "remove", path: "/x"}]', { ...validation, use: 'jsonPatch' }, undefined],
  ['[]', { ...validation, use: 'jsonPatch' }, undefined],
  ['null', { ...validation, use: 'applyConfiguration' }, /^must evaluate to Object$/],
  ['device.attributes["d"].model == "m"', { use: 'device' }, undefined],
  ['device.other', { use: 'device' }, /undefined field 'other'/],
]

for (const [expression, environment, problem] of cases) {
  test(`${expression} as a ${environment.use} is ${problem ? `refused with ${problem}` : 'good'}`, () => {
    const problems = checkStoredExpression(expression, environment)
    if (problem) assert.match(problems.join('\n'), problem)
    else assert.deepEqual(problems, [])
  })
}

test('a variable knows those before it, and no others', () => {
  const variables = [
    { name: 'a', expression: '1' },
    { name: 'b', expression: 'variables.a + 1' },
    { name: 'c', expression: 'variables.d' },
    { name: 'd', expression: 'variables.c + variables.b' },
  ]
  const problemOf = (index: number) =>
    checkStoredExpression(variables[index]!.expression, { use: 'variable', params: false, variables, index }).join('\n')
  assert.equal(problemOf(1), '')
  assert.match(problemOf(2), /undefined field 'd'/)
  // A bad one may be anything to those after it.
  assert.equal(problemOf(3), '')
  assert.match(
    problemOf(0) + checkStoredExpression('variables.b == "x"', { ...validation, variables }),
    /matching overload/,
  )
})

test('each of many variables is compiled once for all expressions', () => {
  const variables = Array.from({ length: 300 }, (_, i) => ({
    name: `v${i}`,
    get expression() {
      asked++
      return i === 0 ? 'object.n' : `variables.v${i - 1} + 1`
    },
  }))
  let asked = 0
  for (let i = 0; i < 300; i++) {
    const environment = { ...validation, variables }
    assert.deepEqual(checkStoredExpression(`variables.v${i} > 0`, environment), [])
  }
  assert.equal(asked, 300)
})
