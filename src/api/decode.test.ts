import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbitraryOf } from './arbitrary.ts'
import { decode, decodeAs } from './decode.ts'
import { kind } from './kind.ts'
import { kinds } from './kinds.ts'
import {
  type AnySchema,
  any,
  bool,
  bytes,
  int32,
  intOrString,
  type Json,
  lazy,
  list,
  MessageSchema,
  map,
  message,
  microTime,
  opt,
  quantity,
  req,
  string,
  time,
} from './schema.ts'

const Part = message('test/v1.Part', 'A part.', {
  name: req(string).at(1, ''),
  port: req(intOrString).at(2, ''),
  size: int32.at(3, ''),
})
const Tree: AnySchema = message('test/v1.Tree', 'A tree.', {
  of: list(lazy((): AnySchema => Tree)).at(1, ''),
  leaf: string.at(2, ''),
})
const Spec = message('test/v1.Spec', 'A spec.', {
  replicas: opt(int32).at(1, ''),
  parts: list(Part).at(2, ''),
  limits: map(quantity).at(3, ''),
  settings: map(string).at(4, ''),
  on: bool.at(5, ''),
  secret: bytes.at(6, ''),
  since: opt(time).at(7, ''),
  at: req(microTime).at(8, ''),
  raw: opt(any).at(9, ''),
  tree: opt(lazy((): AnySchema => Tree)).at(10, ''),
  part: Part.at(11, ''),
  lists: map(list(string)).at(12, ''),
})
const Thing = kind({
  group: 'test',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  scope: 'Namespaced',
  doc: 'A thing.',
  fields: { spec: opt(Spec).at(2, '') },
})

const head = { kind: 'Thing', apiVersion: 'test/v1', metadata: {} }
const zero = { at: null, part: { name: '', port: 0 } }

test('decode() gives what Go would write', () => {
  const cases: readonly [given: Json, spec: unknown][] = [
    [{}, zero],
    [{ replicas: 0 }, { replicas: 0, ...zero }],
    [{ replicas: null, parts: null, settings: {}, on: false, secret: '' }, zero],
    [
      { parts: [{}, null] },
      {
        parts: [
          { name: '', port: 0 },
          { name: '', port: 0 },
        ],
        ...zero,
      },
    ],
    [{ limits: { memory: '1024Mi', cpu: 0.5 } }, { limits: { cpu: '500m', memory: '1Gi' }, ...zero }],
    [{ settings: { b: null, a: 'x' } }, { settings: { a: 'x', b: '' }, ...zero }],
    [{ since: '2024-05-01T12:00:00.9+02:00' }, { since: '2024-05-01T10:00:00Z', ...zero }],
    [{ at: '2024-05-01T12:00:00.123456+02:00' }, { ...zero, at: '2024-05-01T10:00:00.123456Z' }],
    [{ raw: { x: null } }, { raw: { x: null }, ...zero }],
    [{ tree: { of: [{ leaf: 'a' }, { of: [] }] } }, { tree: { of: [{ leaf: 'a' }, {}] }, ...zero }],
    [{ lists: { a: null } }, { lists: { a: [] }, ...zero }],
  ]
  for (const [given, spec] of cases) {
    assert.deepEqual(decode(Thing, { spec: given }).object, { ...head, spec }, JSON.stringify(given))
  }
  assert.deepEqual(Object.keys(decode(Thing, { spec: {} }).object).slice(0, 2), ['kind', 'apiVersion'])
})

test('decode() writes fields in declared order and the keys of maps sorted', () => {
  const given = { spec: { settings: { b: '1', a: '2' }, replicas: 1 }, metadata: { namespace: 'n', name: 'm' } }
  const text = JSON.stringify(decode(Thing, given).object)
  assert.match(text, /"metadata":{"name":"m","namespace":"n"},"spec":{"replicas":1,"settings":{"a":"2","b":"1"}/)
})

test('decode() refuses wrong types in the words of upstream', () => {
  for (const [spec, why] of [
    [{ replicas: 'a' }, 'json: cannot unmarshal string into Go struct field Spec.spec.replicas of type int32'],
    [{ replicas: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field Spec.spec.replicas of type int32'],
    [
      { replicas: 2 ** 31 },
      'json: cannot unmarshal number 2147483648 into Go struct field Spec.spec.replicas of type int32',
    ],
    [{ on: 1 }, 'json: cannot unmarshal number into Go struct field Spec.spec.on of type bool'],
    [{ parts: {} }, 'json: cannot unmarshal object into Go struct field Spec.spec.parts of type []v1.Part'],
    [{ parts: [[]] }, 'json: cannot unmarshal array into Go struct field Spec.spec.parts of type v1.Part'],
    [
      { parts: [{ name: 1 }] },
      'json: cannot unmarshal number into Go struct field Part.spec.parts.name of type string',
    ],
    [{ parts: [{ port: true }] }, 'json: cannot unmarshal bool into Go value of type int32'],
    [{ settings: { a: 1 } }, 'json: cannot unmarshal number into Go struct field Spec.spec.settings of type string'],
    [
      { settings: [] },
      'json: cannot unmarshal array into Go struct field Spec.spec.settings of type map[string]string',
    ],
    [
      { limits: { cpu: 'x' } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [{ secret: 'YQ=' }, 'illegal base64 data at input byte 2'],
    [{ since: 'noon' }, 'parsing time "noon" as "2006-01-02T15:04:05Z07:00": cannot parse "noon" as "2006"'],
    [{ since: '2024-02-30T00:00:00Z' }, 'parsing time "2024-02-30T00:00:00Z": day out of range'],
    [{ since: 5 }, 'json: cannot unmarshal number into Go value of type string'],
  ] as const) {
    assert.throws(() => decode(Thing, { spec }), {
      code: 400,
      reason: 'BadRequest',
      message: `Thing in version "v1" cannot be handled as a Thing: ${why}`,
    })
  }
})

test('decode() refuses an object that says it is something else', () => {
  assert.throws(() => decode(Thing, { apiVersion: 'v2' }), {
    message: 'the API version in the data (v2) does not match the expected API version (test/v1)',
  })
  assert.throws(() => decode(Thing, { kind: 'Other' }), {
    message:
      'Other in version "v1" cannot be handled as a Thing: converting (v1.Other) to (test.Thing): unknown conversion',
  })
})

const surplus = { spec: { foo: 1, parts: [{ bar: 2 }], tree: { of: [{ x: { y: 1 } }] } }, top: null }

test('decode() tells unknown fields with their paths', () => {
  const { warnings } = decode(Thing, surplus, { strictness: 'Warn', duplicates: ['duplicate field "a"'] })
  assert.deepEqual(warnings, [
    'duplicate field "a"',
    'unknown field "spec.foo"',
    'unknown field "spec.parts[0].bar"',
    'unknown field "spec.tree.of[0].x"',
    'unknown field "top"',
  ])
  assert.deepEqual(decode(Thing, surplus).warnings, [])
  assert.throws(() => decode(Thing, { spec: { foo: 1 } }, { strictness: 'Strict' }), {
    message: 'Thing in version "v1" cannot be handled as a Thing: strict decoding error: unknown field "spec.foo"',
  })
})

test('decode() keeps of base64 and of times what Go keeps', () => {
  const secretOf = (secret: string) => decode(Thing, { spec: { secret } }).object.spec
  assert.deepEqual(secretOf('k8B='), { secret: 'k8A=', ...zero })
  const since = (text: string) => decode(Thing, { spec: { since: text } }).object.spec
  assert.deepEqual(since('0001-01-01T00:00:00Z'), zero)
  assert.deepEqual(since('0000-01-01T00:00:00Z'), { since: '0000-01-01T00:00:00Z', ...zero })
  for (const [text, what] of [
    ['0000-01-01T00:00:00+05:00', 'year'],
    ['9999-12-31T23:59:59-05:00', 'year'],
    ['2024-01-01T00:00:00+25:00', 'time zone offset hour'],
    ['2024-01-01T00:00:00+00:61', 'time zone offset minute'],
  ] as const) {
    assert.throws(
      () => since(text),
      new RegExp(`parsing time ${JSON.stringify(text).replace('+', '\\+')}: ${what} out of range`),
    )
  }
  assert.deepEqual(decode(Thing, { spec: { at: '0001-01-01T00:00:00.000000Z' } }).object.spec, zero)
})

test('an open message keeps what it does not know', () => {
  const Open = new MessageSchema({
    ...(Part.shape as { fields: typeof Part.fields; name: string; doc: string; type: 'message' }),
    open: true,
  })
  assert.deepEqual(decodeAs(Open, { name: 'a', x: { y: null } }, []), {
    object: { name: 'a', port: 0, x: { y: null } },
    warnings: [],
  })
})

test('a key called __proto__ is a key like others', () => {
  const { object } = decode(Thing, { metadata: { labels: JSON.parse('{"__proto__":"x"}') } })
  assert.equal(JSON.stringify(object.metadata.labels), '{"__proto__":"x"}')
  assert.equal(({} as Record<string, unknown>).x, undefined)
})

for (const each of kinds) {
  test(`decoding a decoded ${each.apiVersion} ${each.kind} changes nothing`, () => {
    fc.assert(
      fc.property(arbitraryOf(each.schema), (json) => {
        const { object } = decodeAs(each.schema, json)
        const text = JSON.stringify(object)
        const again = decodeAs(each.schema, JSON.parse(text), [])
        assert.equal(JSON.stringify(again.object), text)
        assert.deepEqual(again.warnings, [])
      }),
      { numRuns: 30 },
    )
  })
}
