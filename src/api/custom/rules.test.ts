import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JSONSchemaProps } from '../apiextensions/json-schema.ts'
import { FieldErrors, Path } from '../field-errors.ts'
import { Correlated } from './correlation.ts'
import { compileRules } from './rules.ts'
import { checkRules } from './rules-check.ts'
import { ruleRun, runRules } from './run-rules.ts'
import { structuralOf } from './structural.ts'

const withRules = (schema: object, ...rules: object[]) => ({ ...schema, 'x-kubernetes-validations': rules })
const object = (properties: object, ...rules: object[]) => withRules({ type: 'object', properties }, ...rules)
const text = { type: 'string', maxLength: 20 }
const int = { type: 'integer' }

interface Case {
  readonly name: string
  readonly schema: object
  readonly value: unknown
  readonly old?: unknown
  readonly errors?: readonly string[]
  readonly warnings?: readonly string[]
}

function outcome({ schema, value, old }: Case) {
  const root = structuralOf(schema as JSONSchemaProps)
  const errors = new FieldErrors()
  const run = ruleRun(errors)
  const rules = compileRules(root, true)
  const correlated = old === undefined ? undefined : new Correlated(root, value, old)
  if (rules) runRules(rules, { value, old, at: '' }, run, correlated)
  return { errors: errors.all.map(({ field, message }) => `${field}: ${message}`), warnings: run.warnings, run }
}

const spec = (...rules: object[]) => object({ spec: object({ a: int, b: int, name: text }, ...rules) })
const less = { rule: 'self.a < self.b' }
const immutable = { rule: 'self == oldSelf' }
const long = (size: number) => Array.from({ length: size }, (_, i) => i)

const cases: readonly Case[] = [
  { name: 'a rule that holds says nothing', schema: spec(less), value: { spec: { a: 1, b: 2 } } },
  {
    name: 'a broken rule is told by itself',
    schema: spec({ rule: '  self.a < self.b ' }),
    value: { spec: { a: 2, b: 1 } },
    errors: ['spec: Invalid value: "object": failed rule: self.a < self.b'],
  },
  {
    name: 'a broken rule is told by its message',
    schema: spec({ ...less, message: ' a must be less ' }),
    value: { spec: { a: 2, b: 1 } },
    errors: ['spec: Invalid value: "object": a must be less'],
  },
  {
    name: 'an expression goes before the message',
    schema: spec({ ...less, message: 'no', messageExpression: "'%d is not less than %d'.format([self.a, self.b])" }),
    value: { spec: { a: 2, b: 1 } },
    errors: ['spec: Invalid value: "object": 2 is not less than 1'],
  },
  {
    name: 'an expression that fails, is empty, or gives lines falls back to the message',
    schema: spec(
      { ...less, message: 'first', messageExpression: 'self.name' },
      { ...less, message: 'second', messageExpression: "' '" },
      { ...less, messageExpression: "'a\\nb'" },
    ),
    value: { spec: { a: 2, b: 1 } },
    errors: [
      'spec: Invalid value: "object": first',
      'spec: Invalid value: "object": second',
      'spec: Invalid value: "object": failed rule: self.a < self.b',
    ],
  },
  {
    name: 'the reason chooses the kind of error, and the field path its place',
    schema: object({
      spec: object(
        { a: int, b: int, m: { type: 'object', additionalProperties: int } },
        { ...less, message: 'm', reason: 'FieldValueForbidden', fieldPath: '.a' },
        { ...less, message: 'm', reason: 'FieldValueRequired', fieldPath: '.b' },
        { ...less, message: 'm', reason: 'FieldValueDuplicate' },
        { ...less, message: 'm', reason: 'FieldValueInvalid', fieldPath: ".m['x.y']" },
      ),
    }),
    value: { spec: { a: 2, b: 1 } },
    errors: [
      'spec.a: Forbidden: m',
      'spec.b: Required value: m',
      'spec: Duplicate value: "object"',
      'spec.m[x.y]: Invalid value: "object": m',
    ],
  },
  {
    name: 'the types of values stand in the errors, and their places',
    schema: object({
      list: withRules(
        { type: 'array', items: withRules({ type: 'integer' }, { rule: 'self > 0' }) },
        { rule: 'size(self) < 2' },
      ),
      map: { type: 'object', additionalProperties: withRules(text, { rule: "self != ''" }) },
    }),
    value: { list: [1, 0], map: { k: '' } },
    errors: [
      'list: Invalid value: "array": failed rule: size(self) < 2',
      'list[1]: Invalid value: "integer": failed rule: self > 0',
      'map[k]: Invalid value: "string": failed rule: self != \'\'',
    ],
  },
  {
    name: 'the root knows its name, and has no field of its own',
    schema: object(
      { spec: object({ name: text }) },
      { rule: 'self.metadata.name == self.spec.name' },
      { rule: 'self.kind == "Other"', message: 'kind', fieldPath: '.spec.name' },
    ),
    value: { apiVersion: 'e.com/v1', kind: 'Foo', metadata: { name: 'x' }, spec: { name: 'y' } },
    errors: [
      '<nil>: Invalid value: "object": failed rule: self.metadata.name == self.spec.name',
      'spec.name: Invalid value: "object": kind',
    ],
  },
  {
    name: 'an embedded resource knows its name',
    schema: object({
      it: withRules(
        { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
        { rule: "self.metadata.name.startsWith('a') && self.kind == 'Pod'" },
      ),
    }),
    value: { it: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } } },
    errors: ["it: Invalid value: \"object\": failed rule: self.metadata.name.startsWith('a') && self.kind == 'Pod'"],
  },
  {
    name: 'an expression that ends in an error is told with it',
    schema: object({
      a: withRules({ type: 'integer' }, { rule: '1 / self > 0' }),
      b: withRules({ type: 'object', additionalProperties: int }, { rule: "self['x'] == 1", message: 'm' }),
      c: withRules({ 'x-kubernetes-int-or-string': true }, { rule: 'self.size() > 0' }),
    }),
    value: { a: 0, b: {}, c: 5 },
    errors: [
      'a: Invalid value: "integer": division by zero evaluating rule: 1 / self > 0',
      'b: Invalid value: "object": no such key: x evaluating rule: m',
      'c: Invalid value: "": \'no such overload\': call arguments did not match a supported operator, function or macro signature for rule: self.size() > 0',
    ],
  },
  {
    name: 'a null is not looked at',
    schema: object({ a: withRules({ type: 'string', nullable: true }, { rule: "self == 'x'" }) }),
    value: { a: null },
  },
  { name: 'a rule about a change is not run on a new object', schema: spec(immutable), value: { spec: { a: 1 } } },
  {
    name: 'a rule about a change is run on a change',
    schema: spec(immutable),
    value: { spec: { a: 1 } },
    old: { spec: { a: 2 } },
    errors: ['spec: Invalid value: "object": failed rule: self == oldSelf'],
  },
  {
    name: 'a rule about a change is not run where nothing stood',
    schema: spec(immutable),
    value: { spec: { a: 1 } },
    old: {},
  },
  {
    name: 'an optional old value runs without one too',
    schema: spec({ rule: 'oldSelf.hasValue() ? self.a >= oldSelf.value().a : self.a == 0', optionalOldSelf: true }),
    value: { spec: { a: 1 } },
    errors: [
      'spec: Invalid value: "object": failed rule: oldSelf.hasValue() ? self.a >= oldSelf.value().a : self.a == 0',
    ],
  },
  {
    name: 'an optional old value is there on a change',
    schema: spec({ rule: 'oldSelf.hasValue() ? self.a >= oldSelf.value().a : self.a == 0', optionalOldSelf: true }),
    value: { spec: { a: 2 } },
    old: { spec: { a: 1 } },
  },
  {
    name: 'items with keys are compared with what they were, wherever they stood',
    schema: object({
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: object({ k: text, v: int }, { rule: 'self.v >= oldSelf.v', message: 'must not shrink' }),
      },
    }),
    value: {
      list: [
        { k: 'new', v: 0 },
        { k: 'b', v: 1 },
        { k: 'a', v: 2 },
      ],
    },
    old: {
      list: [
        { k: 'a', v: 1 },
        { k: 'b', v: 2 },
      ],
    },
    errors: ['list[1]: Invalid value: "object": must not shrink'],
  },
  {
    name: 'a value that was as bad before is only warned of',
    schema: object({ spec: object({ a: int, b: int }, less), other: withRules(int, { rule: 'self > 0' }) }),
    value: { spec: { a: 2, b: 1 }, other: -1 },
    old: { spec: { a: 2, b: 1 }, other: 1 },
    errors: ['other: Invalid value: "integer": failed rule: self > 0'],
    warnings: ['spec: Invalid value: "object": failed rule: self.a < self.b'],
  },
  {
    name: 'the list stands for an item that cannot be compared',
    schema: object({
      list: { type: 'array', 'x-kubernetes-list-type': 'atomic', items: withRules(int, { rule: 'self > 0' }) },
      free: { type: 'array', items: withRules(int, { rule: 'self > 0' }) },
    }),
    value: { list: [0, 1], free: [0, 1] },
    old: { list: [0], free: [0] },
    errors: ['list[0]: Invalid value: "integer": failed rule: self > 0'],
    warnings: ['free[0]: Invalid value: "integer": failed rule: self > 0'],
  },
  {
    name: 'a rule that costs too much is stopped, and nothing is run after it',
    schema: object(
      { l: { type: 'array', items: int } },
      { rule: 'self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))' },
      { rule: 'false' },
    ),
    value: { l: long(200) },
    errors: [
      '<nil>: Invalid value: "object": \'operation cancelled: actual cost limit exceeded\': no further validation rules will be run due to call cost exceeds limit for rule: self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))',
    ],
  },
]

test('rules say what upstream says', async (t) => {
  for (const one of cases) {
    await t.test(one.name, () => {
      const { errors, warnings } = outcome(one)
      assert.deepEqual(errors, one.errors ?? [])
      assert.deepEqual(warnings, one.warnings ?? [])
    })
  }
})

test('all rules of an object together have a budget', () => {
  const row = object({ l: { type: 'array', items: int } }, { rule: 'self.l.all(a, self.l.all(b, a + b >= 0))' })
  const schema = object({ rows: { type: 'array', items: row } })
  const { errors, run } = outcome({ name: '', schema, value: { rows: long(100).map(() => ({ l: long(150) })) } })
  assert.equal(errors.length, 1)
  const text =
    'Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run'
  assert.equal(errors[0]?.replace(/^rows\[\d\d\]: /, ''), text)
  assert.ok(run.budget < 0)
})

test('rules are only kept where there are any', () => {
  assert.equal(
    compileRules(structuralOf(object({ a: int, b: object({ c: int }) }) as JSONSchemaProps), true),
    undefined,
  )
  const tree = compileRules(structuralOf(object({ a: int, b: spec(less) }) as JSONSchemaProps), true)
  assert.deepEqual([...(tree?.properties.keys() ?? [])], ['b'])
})

function complaints(schema: object, before?: object): readonly string[] {
  const errors = new FieldErrors()
  checkRules(
    { schema: schema as JSONSchemaProps, path: Path.of('s'), before: before as JSONSchemaProps | undefined },
    errors,
  )
  return errors.all.map(({ field, message }) => `${field}: ${message}`)
}

const at = (path: string) => `s.${path}x-kubernetes-validations[0]`
const shown = (rule: string, change: object = {}) =>
  JSON.stringify({
    Rule: rule,
    Message: '',
    MessageExpression: '',
    Reason: null,
    FieldPath: '',
    OptionalOldSelf: null,
    ...change,
  })
const advice =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)'

test('rules of a definition must be good, and cheap enough', async (t) => {
  const table: readonly (readonly [name: string, schema: object, expected: readonly string[]])[] = [
    ['good rules are taken', spec(less, immutable), []],
    [
      'a rule must be true or false',
      object({ a: int }, { rule: 'self.a' }),
      [`${at('')}.rule: Invalid value: ${shown('self.a')}: cel expression must evaluate to a bool`],
    ],
    [
      'a message must be a text',
      object({ a: int }, { rule: 'true', messageExpression: 'self.a' }),
      [
        `${at('')}.messageExpression: Invalid value: ${shown('true', { MessageExpression: 'self.a' })}: messageExpression must evaluate to a string`,
      ],
    ],
    [
      'oldSelf means nothing below a list without keys',
      object({ l: { type: 'array', maxItems: 3, items: withRules(int, { rule: 'self == oldSelf' }) } }),
      [
        `${at('properties[l].items.')}.rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[l]`,
      ],
    ],
    [
      'optionalOldSelf is for rules that ask for it',
      object({ a: int }, { rule: 'self.a > 0', optionalOldSelf: true }),
      [`${at('')}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`],
    ],
    [
      'a rule about anything has no type to go by',
      object({ a: withRules({ 'x-kubernetes-preserve-unknown-fields': true }, { rule: 'true' }) }),
      [
        's.properties[a].x-kubernetes-validations: Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations',
      ],
    ],
    [
      'a list without bounds is too dear for a rule about each pair',
      object(
        { l: { type: 'array', items: { type: 'string' } } },
        { rule: 'self.l.all(a, self.l.all(b, a.contains(b)))' },
      ),
      [
        `${at('')}.rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${advice}`,
        `${at('')}.rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
        `s: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${advice}`,
      ],
    ],
    [
      'a rule below a bounded list is counted as often as the list is long',
      object({ l: { type: 'array', maxItems: 6_000_000, items: withRules(text, { rule: 'self.size() > 0' }) } }),
      [`${at('properties[l].items.')}.rule: Forbidden: estimated rule cost exceeds budget by factor of 1.8x ${advice}`],
    ],
  ]
  for (const [name, schema, expected] of table) await t.test(name, () => assert.deepEqual(complaints(schema), expected))
})

test('a rule that does not compile is told with its place', () => {
  const [found = ''] = complaints(object({ a: int }, { rule: 'self.b > 1' }))
  assert.match(found, /compilation failed: ERROR: <input>:1:5: undefined field 'b'/)
  const [message = ''] = complaints(object({ a: int }, { rule: 'true', messageExpression: 'nothing' }))
  assert.match(message, /messageExpression compilation failed: ERROR: <input>:1:1: undeclared reference to 'nothing'/)
})

test('a pattern that is none is told of with the definition', () => {
  for (const rule of [
    "self.matches('(')",
    "matches(self, '(')",
    "self.find('(') == ''",
    "'a'.startsWith(self) && self.findAll('(').size() == 0",
  ]) {
    const found = complaints({ type: 'object', properties: { s: withRules(text, { rule }) } })
    assert.deepEqual(found, [
      `${at('properties[s].')}.rule: Invalid value: ${shown(rule)}: program instantiation failed: error parsing regexp: missing closing ): \`(\``,
    ])
  }
  const good = withRules(text, { rule: "self.matches('^[a-z]+$') && self.matches(self)" })
  assert.deepEqual(complaints({ type: 'object', properties: { s: good } }), [])
})

test('a schema that stands there is not asked again', () => {
  const schema = object({ a: int }, { rule: 'self.a' })
  assert.deepEqual(complaints(schema, structuredClone(schema)), [])
})

test('random rules on random values end, and are told of as errors', () => {
  const word = fc.constantFrom(
    ...['self', 'oldSelf', 'self.a', 'self.l', 'self.s', '.', '(', ')', '[', ']', '0', '1', "'x'", '==', '<', '+', '/'],
    ...['&&', '||', '!', '?', ':', 'has(self.a)', '.size()', '.all(x, x > 0)', '.map(x, x)', ".matches('(')", 'null'],
  )
  const rule = fc.record({
    rule: fc.oneof(
      fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
      fc.string(),
    ),
    messageExpression: fc.oneof(
      fc.constant(''),
      fc.array(word, { maxLength: 5 }).map((words) => words.join(' ')),
    ),
    fieldPath: fc.constantFrom('', '.a', '.nope', "['a']", '['),
    optionalOldSelf: fc.boolean(),
  })
  const value = fc.record(
    { a: fc.oneof(fc.integer(), fc.constant(null)), l: fc.array(fc.integer(), { maxLength: 5 }), s: fc.string() },
    { requiredKeys: [] },
  )
  const properties = { a: int, l: { type: 'array', maxItems: 5, items: int }, s: text }
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 3 }), value, fc.option(value, { nil: undefined }), (rules, next, old) => {
      const schema = object(properties, ...rules)
      for (const complaint of complaints(schema)) assert.match(complaint, /^s\.?x-kubernetes-validations|^s: Forbidden/)
      const { errors } = outcome({ name: '', schema, value: next, old })
      for (const error of errors)
        assert.match(error, /^[^:]+: (Invalid value|Forbidden|Required value|Duplicate value)/)
    }),
    { numRuns: 500, seed: 1 },
  )
})

test('the longest list that a rule may look through is upstream’s', () => {
  const rule = { rule: "self.all(x, x.contains('gpu'))" }
  const taken = (maxLength: number, maxItems: number): boolean => {
    const tags = withRules({ type: 'array', maxItems, items: { type: 'string', maxLength } }, rule)
    return complaints({ type: 'object', properties: { tags } }).length === 0
  }
  // As found out by trying it with upstream's validation.
  const longest: readonly (readonly [maxLength: number, maxItems: number])[] = [
    [16, 909_090],
    [63, 333_333],
    [253, 94_339],
    [1024, 24_154],
  ]
  for (const [maxLength, maxItems] of longest) {
    assert.deepEqual([taken(maxLength, maxItems), taken(maxLength, maxItems + 1)], [true, false], String(maxLength))
  }
})
