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
