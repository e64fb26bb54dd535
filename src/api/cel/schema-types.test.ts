import assert from 'node:assert/strict'
import { test } from 'node:test'
import { int32, list, message, string, time } from '#api/schema.ts'
import { compile, Environment } from './cel.ts'
import { escapedName, type JsonSchema, typeOfJsonSchema, typeOfSchema } from './schema-types.ts'
import { Dyn, type Type, typeText } from './types.ts'

const names: readonly (readonly [string, string | undefined])[] = [
  ['replicas', 'replicas'],
  ['namespace', '__namespace__'],
  ['a-b.c/d', 'a__dash__b__dot__c__slash__d'],
  ['a__b', 'a__underscores__b'],
  ['1st', undefined],
  ['$ref', undefined],
]
for (const [name, escaped] of names) {
  test(`the field ${name} is written ${escaped ?? 'nowhere'}`, () => {
    assert.equal(escapedName(name), escaped)
  })
}

const types: readonly (readonly [JsonSchema, string | undefined])[] = [
  [{ type: 'integer' }, 'int'],
  [{ type: 'number' }, 'double'],
  [{ type: 'string', format: 'date-time' }, 'timestamp'],
  [{ type: 'string', format: 'duration' }, 'duration'],
  [{ type: 'string', format: 'byte' }, 'bytes'],
  [{ type: 'array', items: { type: 'string' } }, 'list(string)'],
  [{ type: 'object', additionalProperties: { type: 'boolean' } }, 'map(string, bool)'],
  [{ 'x-kubernetes-int-or-string': true }, 'dyn'],
  [{ 'x-kubernetes-preserve-unknown-fields': true }, undefined],
]
for (const [schema, text] of types) {
  test(`${JSON.stringify(schema)} is ${text ?? 'not declared'}`, () => {
    const type = typeOfJsonSchema(schema)
    assert.equal(type && typeText(type), text)
  })
}

function value(type: Type | undefined, expression: string, self: unknown): unknown {
  const compiled = compile(expression, new Environment({ variables: { self: type ?? Dyn } }))
  const result = compiled.program?.run({ self })
  return compiled.program ? (result?.error ?? result?.value) : compiled.text
}

const resource = typeOfJsonSchema(
  {
    type: 'object',
    properties: {
      'a-b': { type: 'string' },
      ratio: { type: 'number' },
      set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      ports: {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      at: { type: 'string', format: 'date-time' },
    },
  },
  { root: true },
)

test('values are read by their schema, and absent fields are told', () => {
  assert.equal(value(resource, 'self.a__dash__b + self.metadata.name', { 'a-b': 'x', metadata: { name: 'y' } }), 'xy')
  assert.equal(value(resource, 'self.ratio > 1.5 && type(self.ratio) == double', { ratio: 2 }), true)
  assert.equal(value(resource, 'self.at < timestamp("2030-01-01T00:00:00Z")', { at: '2024-01-01T00:00:00Z' }), true)
  assert.equal(value(resource, 'has(self.ratio)', {}), false)
  assert.equal(value(resource, 'self.ratio > 1.5', {}), 'no such key: ratio')
})

test('lists owned as sets or maps are equal in any order, and joined by key', () => {
  assert.equal(value(resource, 'self.set == ["b", "a"]', { set: ['a', 'b'] }), true)
  assert.equal(value(resource, '(self.set + ["a", "c"]).size()', { set: ['a', 'b'] }), 3n)
  const ports = [
    { name: 'a', port: 1 },
    { name: 'b', port: 2 },
  ]
  assert.equal(value(resource, '(self.ports + self.ports).size()', { ports }), 2n)
})

test('the sizes that a schema allows bound the estimate', () => {
  const estimate = (limits: JsonSchema, of: JsonSchema = { type: 'string' }) => {
    const self = typeOfJsonSchema({ type: 'array', items: of, ...limits }) ?? Dyn
    const compiled = compile('self.all(x, x.startsWith("a"))', new Environment({ variables: { self } }))
    return compiled.program?.estimate().max
  }
  assert.equal(estimate({ maxItems: 10 }, { type: 'string', maxLength: 5 }), 62)
  assert.ok((estimate({ maxItems: 10 }) ?? 0) > 3_000_000)
  assert.ok((estimate({}) ?? 0) > 100_000_000_000)
})

test('our own schemas are types, too', () => {
  const type = typeOfSchema(
    message('test/v1.Thing', 'A thing.', {
      count: int32.at(1, ''),
      tags: list(string).owned('set').at(2, ''),
      at: time.at(3, ''),
    }),
  )
  assert.equal(value(type, 'self.count + 1 == 3 && "x" in self.tags', { count: 2, tags: ['x'] }), true)
  assert.match(String(value(type, 'self.other', {})), /undefined field 'other'/)
})
