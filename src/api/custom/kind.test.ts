import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CustomResourceDefinition } from '../apiextensions/custom-resource-definition.ts'
import { decode } from '../decode.ts'
import { applyDefaults } from '../defaults.ts'
import { FieldErrors } from '../field-errors.ts'
import type { AnyKind, ApiObject } from '../kind.ts'
import { dns1035Label, labelValue } from '../names.ts'
import { problems } from '../testing.ts'
import { validateCreate, validateUpdate } from '../validate.ts'
import { compareVersions } from './kind.ts'
import { widgetDefinition, widgetKind } from './testing.ts'

const schemaOf = (spec: object, change: object = {}) => ({ type: 'object', properties: { spec }, ...change })

const kindOf = (spec: object, change: object = {}): AnyKind => widgetKind(schemaOf(spec, change))

const metadata = { name: 'a', namespace: 'default' }

function errorsOf(kind: AnyKind, spec: unknown): readonly string[] {
  const { object } = decode(kind, { metadata, spec })
  applyDefaults(kind, object)
  const errors = new FieldErrors()
  validateCreate(kind, object, errors)
  return errors.all.map(({ field, message }) => `${field}: ${message}`)
}

const [dns1035Text] = dns1035Label('no kind')
const anything = { 'x-kubernetes-preserve-unknown-fields': true }
const bad: readonly (readonly [object, unknown, readonly string[]])[] = [
  [{ type: 'string' }, 'a', []],
  [{ type: 'string' }, 1, ['spec: Invalid value: "integer": spec in body must be of type string: "integer"']],
  [{ type: 'integer' }, 1.5, ['spec: Invalid value: "number": spec in body must be of type integer: "number"']],
  [{ type: 'number' }, 1, []],
  [{ type: 'boolean' }, 'true', ['spec: Invalid value: "string": spec in body must be of type boolean: "string"']],
  [{ type: 'integer', multipleOf: 3 }, 4, ['spec: Invalid value: 4: spec in body should be a multiple of 3']],
  [
    { type: 'integer', minimum: 1, exclusiveMinimum: true },
    1,
    ['spec: Invalid value: 1: spec in body should be greater than 1'],
  ],
  [{ type: 'string', minLength: 2 }, '😀', ['spec: Invalid value: "😀": spec in body should be at least 2 chars long']],
  [
    { type: 'array', items: { type: 'string' }, minItems: 1 },
    [],
    ['spec: Invalid value: 0: spec in body should have at least 1 items'],
  ],
  [
    { type: 'array', items: { type: 'string' } },
    [null],
    ['spec[0]: Invalid value: "null": spec[0] in body must be of type string: "null"'],
  ],
  [
    { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    ['a', 'a'],
    ['spec[1]: Duplicate value: "a"'],
  ],
  [
    { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 1 },
    { a: 1, b: 2 },
    ['spec: Too many: 2: must have at most 1 items'],
  ],
  [
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    {},
    [
      '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
      'spec.a: Required value',
    ],
  ],
  [
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    { a: '', b: '' },
    ['<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    {
      type: 'object',
      properties: { a: { type: 'string' } },
      anyOf: [{ properties: { a: { enum: ['x'] } }, required: ['a'] }],
    },
    { a: 'y' },
    [
      '<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)',
      'spec.a: Unsupported value: "y": supported values: "x"',
    ],
  ],
  [
    { type: 'string', not: { enum: ['x'] } },
    'x',
    ['<nil>: Invalid value: "": "spec" must not validate the schema (not)'],
  ],
  [
    { type: 'object', 'x-kubernetes-embedded-resource': true, ...anything },
    { metadata: { name: 'x' } },
    ['spec.apiVersion: Required value', 'spec.kind: Required value'],
  ],
  [
    { type: 'object', 'x-kubernetes-embedded-resource': true, ...anything },
    { apiVersion: 'a/b/c', kind: 'No Kind', metadata: { labels: { a: '/' }, finalizers: ['x'] } },
    [
      'spec.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      `spec.kind: Invalid value: "No Kind": may have mixed case, but should otherwise match: ${dns1035Text}`,
      `spec.metadata.labels: Invalid value: "/": ${labelValue('/')[0]}`,
    ],
  ],
  [
    {
      type: 'array',
      items: {
        type: 'object',
        properties: { it: { type: 'object', 'x-kubernetes-embedded-resource': true, ...anything } },
      },
    },
    [{}, { it: { apiVersion: 'v1', kind: 'Pod' } }, { it: { apiVersion: '', kind: 'Pod', metadata: { name: 'a/b' } } }],
    ['spec[2].it.apiVersion: Required value', `spec[2].it.metadata.name: Invalid value: "a/b": may not contain '/'`],
  ],
  [{ type: 'integer' }, 2 ** 63, ['spec: Invalid value: "number": spec in body must be of type integer: "number"']],
  [{ type: 'integer', format: 'int32' }, 2 ** 40, []],
  ...(
    [
      ['date-time', '2020-01-01T00:00:00Z', '2020-02-30T00:00:00Z'],
      ['date', '2020-02-29', '2019-02-29'],
      ['ipv4', '1.2.3.4', '1.2.3.400'],
      ['ipv6', '::1', '1.2.3.4'],
      ['cidr', '10.0.0.0/8', '10.0.0.0/33'],
      ['uuid', '0aa368c1-5955-4c75-9ef3-d4f64a3ce272', '0aa368c1'],
      ['email', 'a@example.com', 'example.com'],
      ['hostname', 'a.example.com', 'a..b'],
      ['uri', 'https://example.com/', 'no uri'],
      ['byte', 'YWJj', 'YWJ'],
      ['duration', '1h30m', 'soon'],
      ['mac', '00:11:22:33:44:55', '00:11'],
      ['isbn', '978-3-16-148410-0', '978-3-16-148410-1'],
      ['isbn10', '3-16-148410-X', '3-16-148410-0'],
      ['isbn13', '9783161484100', '316148410X'],
      ['creditcard', '4111 1111 1111 1111', '4111 1111 1111 1112'],
      ['ssn', '123-45-6789', '123-456'],
      ['hexcolor', '#0af', '#0g0'],
      ['rgbcolor', 'rgb(0, 128, 255)', 'rgb(0, 128, 256)'],
    ] as const
  ).flatMap(([format, good, wrong]) => [
    [{ type: 'string', format }, good, []] as const,
    [
      { type: 'string', format },
      wrong,
      [`spec: Invalid value: "${wrong}": spec in body must be of type ${format}: "${wrong}"`],
    ] as const,
  ]),
]
for (const [schema, value, told] of bad) {
  test(`${JSON.stringify(value)} as ${JSON.stringify(schema)}`, () =>
    assert.deepEqual(errorsOf(kindOf(schema), value), told))
}

test('a pattern that would explode elsewhere takes no time', () => {
  const kind = kindOf({ type: 'string', pattern: '^(a+)+$' })
  assert.equal(errorsOf(kind, `${'a'.repeat(5000)}b`).length, 1)
})

const decoded: readonly (readonly [string, object, unknown, unknown])[] = [
  ['unknown fields go', { type: 'object', properties: { a: { type: 'string' } } }, { a: 'x', b: 1 }, { a: 'x' }],
  ['at every depth', { type: 'array', items: { type: 'object', properties: {} } }, [{ a: 1 }], [{}]],
  ['unless they are kept', { type: 'object', ...anything }, { a: { b: null } }, { a: { b: null } }],
  [
    'of what is kept, what is declared is pruned below',
    { type: 'object', ...anything, properties: { a: { type: 'object' } } },
    { a: { b: 1 }, c: { d: 1 } },
    { a: {}, c: { d: 1 } },
  ],
  ['values of maps', { type: 'object', additionalProperties: { type: 'object' } }, { a: { b: 1 } }, { a: {} }],
  ['nulls go where none may be', { type: 'object', properties: { a: { type: 'string' } } }, { a: null }, {}],
  [
    'and stay where they may',
    { type: 'object', properties: { a: { type: 'string', nullable: true, default: 'x' } } },
    { a: null },
    { a: null },
  ],
  [
    'a default takes their place',
    { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
    { a: null },
    { a: 'x' },
  ],
  [
    'empty values are values',
    { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
    { a: '' },
    { a: '' },
  ],
  [
    'defaults have defaults',
    {
      type: 'object',
      properties: { a: { type: 'object', default: {}, properties: { b: { type: 'integer', default: 1 } } } },
    },
    {},
    { a: { b: 1 } },
  ],
  [
    'names of prototypes are names',
    { type: 'object', additionalProperties: { type: 'string' } },
    JSON.parse('{"__proto__":"x"}'),
    JSON.parse('{"__proto__":"x"}'),
  ],
]
for (const [what, schema, given, wanted] of decoded) {
  test(`decoding: ${what}`, () => {
    const kind = kindOf(schema)
    const { object } = decode(kind, { metadata, spec: given })
    applyDefaults(kind, object)
    assert.deepEqual(JSON.parse(JSON.stringify(object)).spec, wanted)
  })
}

test('versions are told in their order', () => {
  const sorted = ['v1alpha1', 'foo', 'v2', 'v1beta2', 'v1', 'v11', 'v1beta10', 'bar'].sort(compareVersions)
  assert.deepEqual(sorted, ['v11', 'v2', 'v1', 'v1beta10', 'v1beta2', 'v1alpha1', 'bar', 'foo'])
})

test('a default must be what its schema takes', () => {
  const wrong = widgetDefinition(schemaOf({ type: 'object', properties: { a: { type: 'integer', default: 'x' } } }))
  const told = problems(CustomResourceDefinition, wrong)
  assert.match(String(told), /properties\[a\]\.default: Invalid value: "string": .*must be of type integer: "string"/)
})

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, 1.5, 'a', 'b', ''),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'metadata', 'kind', '__proto__'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value

const schemas = fc.letrec((tie) => {
  const common = { nullable: fc.boolean(), enum: fc.option(fc.constantFrom(['a'], [1, null]), { nil: undefined }) }
  const some = fc.option(fc.nat(3), { nil: undefined })
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        ...common,
        type: fc.constantFrom('string', 'integer', 'number', 'boolean'),
        maxLength: some,
        minimum: some,
        pattern: fc.constantFrom(undefined, '^a'),
      }),
      fc.constant({ 'x-kubernetes-int-or-string': true }),
      fc.constant({ 'x-kubernetes-preserve-unknown-fields': true }),
      fc.record({
        ...common,
        type: fc.constant('array'),
        items: tie('schema'),
        maxItems: some,
        'x-kubernetes-list-type': fc.constantFrom(undefined, 'atomic'),
      }),
      fc.record({ ...common, type: fc.constant('object'), additionalProperties: tie('schema') }),
      fc.record({
        ...common,
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), tie('schema'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
        required: fc.constantFrom(undefined, ['a']),
        'x-kubernetes-preserve-unknown-fields': fc.constantFrom(undefined, true),
      }),
    ),
  }
}).schema

test('random schemas take random values: nothing crashes, and what is decoded decodes to itself', () => {
  fc.assert(
    fc.property(schemas, json, (schema, value) => {
      const kind = kindOf(schema as object)
      const once = decode(kind, { metadata, spec: value }, { strictness: 'Warn' }).object
      applyDefaults(kind, once)
      const text = JSON.stringify(once)
      const twice = decode(kind, JSON.parse(text)).object
      applyDefaults(kind, twice)
      assert.equal(JSON.stringify(twice), text)
      assert.deepEqual(decode(kind, JSON.parse(text), { strictness: 'Warn' }).warnings, [])
      validateCreate(kind, once, new FieldErrors())
    }),
    { numRuns: 500 },
  )
})

test('a list that had duplicates may be changed, and one that had none may not get any', () => {
  const list = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } }
  const kind = kindOf(list)
  const of = (spec: readonly string[]): ApiObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { ...metadata, resourceVersion: '1' },
    spec,
  })
  const changed = (next: readonly string[], old: readonly string[]) => {
    const errors = new FieldErrors()
    validateUpdate(kind, of(next), of(old), '', errors)
    return errors.all.map(({ field, message }) => `${field}: ${message}`)
  }
  assert.deepEqual(changed(['a', 'a', 'b'], ['a', 'a']), [])
  assert.deepEqual(changed(['a', 'a'], ['a']), ['spec[1]: Duplicate value: "a"'])
})
