import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './cel.ts'
import { Constructed, misnamed, toJson } from './constructed.ts'
import { admissionEnvironment } from './stored-expressions.ts'
import { CelError, type Value } from './values.ts'

const environment = admissionEnvironment({ params: false, variables: undefined })

function valueOf(expression: string): Value {
  const compiled = compile(expression, environment)
  const { program } = compiled
  if (!program) assert.fail(compiled.text)
  const { value, error } = program.run({ object: { list: [{ a: 1 }], map: { b: 'x' }, half: 1.5 }, oldObject: null })
  assert.equal(error, undefined)
  return value as Value
}

const forms: readonly [expression: string, json: unknown][] = [
  ['1', 1],
  ['1u', 1],
  ['1.5', 1.5],
  ['"x"', 'x'],
  ['true', true],
  ['null', null],
  ['b"ab"', 'YWI='],
  ['[1, 2]', [1, 2]],
  ['{"a": [true]}', { a: [true] }],
  ['object', { list: [{ a: 1 }], map: { b: 'x' }, half: 1.5 }],
  ['object.list', [{ a: 1 }]],
  ['object.list + [{"a": 2}]', [{ a: 1 }, { a: 2 }]],
  ['object.list.map(x, x.a + 1)', [2]],
  ['timestamp("2024-01-02T03:04:05Z")', '2024-01-02T03:04:05Z'],
  ['duration("90s")', '90s'],
  ['Object{}', {}],
  ['Object{a: 1, b: object.map, c: [Object.c{d: "x"}]}', { a: 1, b: { b: 'x' }, c: [{ d: 'x' }] }],
  ['Object{?a: optional.none(), ?b: optional.of(2)}', { b: 2 }],
  ['JSONPatch{op: "remove", path: "/x"}', { op: 'remove', path: '/x' }],
]

for (const [expression, json] of forms)
  test(`toJson() of ${expression}`, () => {
    assert.deepEqual(toJson(valueOf(expression)), json)
  })

for (const expression of ['{1: 2}', 'quantity("1")', 'type(1)', '[ip("::1")]', 'optional.of(1)', '1.0 / 0.0'])
  test(`toJson() refuses ${expression}`, () => {
    assert.throws(() => toJson(valueOf(expression)), CelError)
  })

const wrong = (name: string, expected: string) =>
  `unexpected type name ${JSON.stringify(name)}, expected ${JSON.stringify(expected)}, which matches field name path from root Object type`

const names: readonly [expression: string, found: readonly string[]][] = [
  ['Object{spec: Object.spec{list: [Object.spec.list{}], map: {"a": Object.spec.map{}}}}', []],
  ['Object{spec: Object.status{}}', [wrong('Object.status', 'Object.spec')]],
  ['Object{spec: Object.spec{list: [Object.spec{}]}}', [wrong('Object.spec', 'Object.spec.list')]],
  ['Object{map: {"a": Object{}}}', [wrong('Object', 'Object.map')]],
  ['Object.spec{a: Object.spec.a{}}', []],
]

for (const [expression, found] of names)
  test(`misnamed() in ${expression}`, () => {
    assert.deepEqual(misnamed(valueOf(expression) as Constructed), found)
  })

test('messages are equal by their names and fields', () => {
  assert.equal(valueOf('Object{a: 1} == Object{a: 1}'), true)
  assert.equal(valueOf('Object{a: 1} == Object{a: 2}'), false)
  assert.equal(valueOf('Object{a: 1} == Object{a: 1, b: 1}'), false)
  assert.ok(!new Constructed('A', new Map()).equals(new Constructed('B', new Map([['a', 1n]]))))
})
