import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '../decode.ts'
import { applyDefaults } from '../defaults.ts'
import { FieldErrors } from '../field-errors.ts'
import { decodeMessage, encodeMessage } from '../protobuf.ts'
import { made, problems } from '../testing.ts'
import { CustomResourceDefinition } from './custom-resource-definition.ts'
import { JSONSchemaProps } from './json-schema.ts'
import { useSchemaCheck } from './schema-check.ts'

const metadata = { name: 'widgets.example.com' }
const names = { plural: 'widgets', kind: 'Widget' }
const v1 = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }

const spec = (change: object = {}) => ({ group: 'example.com', scope: 'Namespaced', names, versions: [v1], ...change })
const definition = (change: object = {}) => ({ metadata, spec: spec(change) })
const version = (change: object) => definition({ versions: [{ ...v1, ...change }] })
const schema = (openAPIV3Schema: object) => version({ schema: { openAPIV3Schema } })
const property = (x: object) => schema({ type: 'object', properties: { x } })

test('a definition has what was left out', () => {
  const { spec: made1, status } = made(CustomResourceDefinition, definition())
  assert.deepEqual(made1.names, { ...names, singular: 'widget', listKind: 'WidgetList' })
  assert.deepEqual(made1.conversion, { strategy: 'None' })
  assert.deepEqual(status, { conditions: [], acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] })
})

const at = 'spec.validation.openAPIV3Schema'
const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', definition(), []],
  [
    'everything',
    { metadata, spec: {} },
    [
      'metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group',
      'spec.group: Required value',
      'spec.scope: Required value',
      'spec.versions: Invalid value: []: must have exactly one version marked as storage version',
      'spec.names.plural: Required value',
      'spec.names.singular: Required value',
      'spec.names.kind: Required value',
      'spec.names.listKind: Required value',
      'status.storedVersions: Invalid value: []: must have at least one stored version',
    ],
  ],
  [
    'a group without dot',
    { metadata: { name: 'widgets.example' }, spec: spec({ group: 'example' }) },
    ['spec.group: Invalid value: "example": should be a domain with at least one dot'],
  ],
  [
    'a group of others',
    { metadata: { name: 'widgets.x.k8s.io' }, spec: spec({ group: 'x.k8s.io' }) },
    [
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
  ],
  [
    'a scope',
    definition({ scope: 'World' }),
    ['spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"'],
  ],
  [
    'the kind of its list',
    definition({ names: { ...names, listKind: 'Widget' } }),
    ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
  ],
  [
    'no schema',
    version({ schema: undefined }),
    ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required'],
  ],
  [
    'unknown fields that are kept',
    definition({ preserveUnknownFields: true }),
    [
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ],
  ],
  ['a root without type', schema({}), [`${at}.type: Required value: must not be empty at the root`]],
  [
    'a root that is a list',
    schema({ type: 'string' }),
    [`${at}.type: Invalid value: "string": must be object at the root`],
  ],
  [
    'a root that may be null',
    schema({ type: 'object', nullable: true }),
    [`${at}.nullable: Forbidden: nullable cannot be true at the root`],
  ],
  [
    'a field without type',
    property({}),
    [`${at}.properties[x].type: Required value: must not be empty for specified object fields`],
  ],
  [
    'items without type',
    property({ type: 'array', items: {} }),
    [`${at}.properties[x].items.type: Required value: must not be empty for specified array items`],
  ],
  ['a list of nothing', property({ type: 'array' }), [`${at}.properties[x].items: Required value: must be specified`]],
  [
    'a type of its own',
    property({ type: 'text' }),
    [
      `${at}.properties[x].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
  ],
  [
    'types below a junctor',
    property({ type: 'string', anyOf: [{ type: 'string', description: 'x' }] }),
    [
      `${at}.properties[x].anyOf[0].description: Forbidden: must be empty to be structural`,
      `${at}.properties[x].anyOf[0].type: Forbidden: must be empty to be structural`,
    ],
  ],
  [
    'a number or a text',
    property({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
    [],
  ],
  [
    'what only a junctor at the root knows',
    schema({
      type: 'object',
      properties: { x: { type: 'object', oneOf: [{ properties: { y: {} } }] } },
      oneOf: [{ properties: { x: { not: { properties: { z: {} } } }, y: { minimum: 1 } } }],
    }),
    [
      `${at}.properties[x].properties[z]: Required value: because it is defined in ${at}.oneOf[0].properties[x].not.properties[z]`,
      `${at}.properties[y]: Required value: because it is defined in ${at}.oneOf[0].properties[y]`,
    ],
  ],
  [
    'metadata of its own',
    schema({
      type: 'object',
      properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
    }),
    [
      `${at}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ],
  ],
  [
    'a default of the metadata',
    schema({ type: 'object', properties: { metadata: { type: 'object', default: {} } } }),
    [`${at}.properties[metadata].default: Forbidden: must not be set in top-level metadata`],
  ],
  [
    'fields and others',
    property({ type: 'object', properties: { y: { type: 'string' } }, additionalProperties: false }),
    [`${at}.properties[x].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
  ],
  [
    'a reference',
    property({ type: 'object', $ref: '#/x' }),
    [`${at}.properties[x].$ref: Forbidden: $ref is not supported`],
  ],
  [
    'items of each place',
    property({ type: 'array', items: [{ type: 'string' }] }),
    [`${at}.properties[x].items: Forbidden: items must be a schema object and not an array`],
  ],
  [
    'a pattern that is none',
    property({ type: 'string', pattern: 'a(' }),
    [
      `${at}.properties[x].pattern: Invalid value: "a(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`a(\``,
    ],
  ],
  ['a pattern of Go', property({ type: 'string', pattern: '(?i)^(?P<a>x)$' }), []],
  [
    'a map without keys',
    property({ type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } }),
    [
      `${at}.properties[x].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
  ],
  [
    'keys that may be absent',
    property({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['a'],
      items: { type: 'object', properties: { a: { type: 'string' } } },
    }),
    [
      `${at}.properties[x].items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
  ],
  [
    'a set of objects',
    property({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } }),
    [
      `${at}.properties[x].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
    ],
  ],
  [
    'rules without sense',
    property({
      type: 'string',
      'x-kubernetes-validations': [
        { rule: ' ' },
        { rule: 'a\nb' },
        { rule: 'true', reason: 'Because', fieldPath: '.y' },
      ],
    }),
    [
      `${at}.properties[x].x-kubernetes-validations[0].rule: Required value: rule is not specified`,
      `${at}.properties[x].x-kubernetes-validations[1].message: Required value: message must be specified if rule contains line breaks`,
      `${at}.properties[x].x-kubernetes-validations[2].reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
      `${at}.properties[x].x-kubernetes-validations[2].fieldPath: Invalid value: ".y": fieldPath must be a valid path`,
    ],
  ],
  [
    'columns',
    version({ additionalPrinterColumns: [{ type: 'text', jsonPath: 'spec' }] }),
    [
      'spec.additionalPrinterColumns[0].name: Required value',
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path starting with .',
    ],
  ],
  [
    'a scale',
    version({ subresources: { scale: { specReplicasPath: '.status.n', labelSelectorPath: '.x' } } }),
    [
      'spec.subresources.scale.specReplicasPath: Invalid value: ".status.n": should be a json path under .spec',
      'spec.subresources.scale.statusReplicasPath: Required value',
      'spec.subresources.scale.labelSelectorPath: Invalid value: ".x": should be a json path under either .spec or .status',
    ],
  ],
  [
    'fields to select by',
    version({
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } } },
        },
      },
      selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.b' }, { jsonPath: ".spec['a']" }],
    }),
    [
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec.a": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      'spec.selectableFields[1].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
      'spec.selectableFields[2].jsonPath: Invalid value: ".spec[\'a\']": is an invalid path: array notation is not allowed',
    ],
  ],
  [
    'versions that differ',
    definition({ versions: [v1, { ...v1, storage: false, schema: { openAPIV3Schema: { type: 'string' } } }] }),
    [
      'spec.versions[1].schema.openAPIV3Schema.type: Invalid value: "string": must be object at the root',
      `spec.versions: Invalid value: ${JSON.stringify([v1, { ...v1, storage: false, schema: { openAPIV3Schema: { type: 'string' } } }])}: must contain unique version names`,
    ],
  ],
  [
    'a conversion by nobody',
    definition({ conversion: { strategy: 'Webhook' } }),
    [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value',
    ],
  ],
  [
    'a conversion that is not safe',
    definition({
      conversion: {
        strategy: 'Webhook',
        webhook: { clientConfig: { url: 'http://u@example.com/?q#f' }, conversionReviewVersions: ['v2'] },
      },
    }),
    [
      'spec.conversion.webhookClientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
      'spec.conversion.webhookClientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'spec.conversion.webhookClientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
      'spec.conversion.webhookClientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
      'spec.conversion.conversionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
    ],
  ],
  [
    'a deprecation of nothing',
    version({ deprecationWarning: 'old' }),
    ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions'],
  ],
]
for (const [what, sent, expected] of wrong) {
  test(`a definition with ${what} wrong`, () => {
    assert.deepEqual(problems(CustomResourceDefinition, sent), expected)
  })
}

const updateProblems = (before: object, after: object): string[] => {
  const completed = (sent: object) => {
    const { object } = decode(CustomResourceDefinition, sent)
    applyDefaults(CustomResourceDefinition, object)
    return object as CustomResourceDefinition
  }
  const errors = new FieldErrors()
  CustomResourceDefinition.strategy.validateUpdate?.(completed(after), completed(before), errors)
  return errors.all.map(({ field, message }) => `${field}: ${message}`)
}

const established = { status: { conditions: [{ type: 'Established', status: 'True' }], storedVersions: ['v1'] } }

test('an established kind keeps its names and its scope', () => {
  const old = { ...definition(), ...established }
  const next = { ...definition({ scope: 'Cluster', names: { ...names, kind: 'Gadget' } }), ...established }
  const immutable = [
    'spec.scope: Invalid value: "Cluster": field is immutable',
    'spec.names.kind: Invalid value: "Gadget": field is immutable',
  ]
  assert.deepEqual(updateProblems(old, next), immutable)
})

test('a version that was stored in cannot be taken out', () => {
  const v2 = { ...v1, name: 'v2' }
  const next = { ...definition({ versions: [v2] }), status: { storedVersions: ['v1', 'v2'] } }
  assert.deepEqual(updateProblems({ ...definition(), ...established }, next), [
    'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
  ])
})

test('a change of the stored version is remembered', () => {
  const old = made(CustomResourceDefinition, definition())
  const next = made(
    CustomResourceDefinition,
    definition({
      versions: [
        { ...v1, storage: false },
        { ...v1, name: 'v2' },
      ],
    }),
  )
  CustomResourceDefinition.strategy.prepareForUpdate?.(next, old, { nowMs: 0 })
  assert.deepEqual(next.status.storedVersions, ['v1', 'v2'])
  assert.deepEqual(old.status.storedVersions, ['v1'])
})

test('good schemas are shown to whoever compiles their rules, others are not', () => {
  const seen: string[] = []
  const end = useSchemaCheck(({ path }, errors) => {
    seen.push(String(path))
    errors.invalid(path, '', 'bad rule')
  })
  try {
    assert.deepEqual(problems(CustomResourceDefinition, definition()), [`${at}: Invalid value: "": bad rule`])
    assert.equal(problems(CustomResourceDefinition, schema({})).length, 1)
    assert.deepEqual(seen, [at])
  } finally {
    end()
  }
})

test('schemas keep what they are made of, in JSON and in protobuf', () => {
  const rich = {
    type: 'object',
    properties: {
      a: { type: 'array', items: { type: 'string', enum: ['x', null, 1] }, default: ['x'] },
      b: { type: 'object', additionalProperties: { type: 'integer', maximum: 1.5 } },
      c: { type: 'object', additionalProperties: true },
      d: { type: 'object', additionalProperties: false },
    },
    'x-kubernetes-validations': [{ rule: 'self.a == self.b', message: 'no' }],
  }
  const { object, warnings } = decode(CustomResourceDefinition, schema({ ...rich, typo: 1 }), { strictness: 'Warn' })
  assert.deepEqual(warnings, ['unknown field "spec.versions[0].schema.openAPIV3Schema.typo"'])
  assert.deepEqual(object.spec.versions[0].schema.openAPIV3Schema, rich)
  const bytes = encodeMessage(CustomResourceDefinition.schema, object)
  assert.deepEqual(
    decode(CustomResourceDefinition, decodeMessage(CustomResourceDefinition.schema, bytes)).object,
    object,
  )
})

test('a schema or a boolean is a message of both on the wire, as in Go', () => {
  const hex = (additionalProperties: unknown) =>
    Buffer.from(encodeMessage(JSONSchemaProps, { additionalProperties })).toString('hex')
  assert.equal(hex(true), 'f201020801')
  assert.equal(hex(false), 'f201020800')
  assert.equal(hex({ type: 'a' }), 'f2010708011203' + '2a0161')
})

test('formats that are not checked are warned of, once', () => {
  const formats = (...types: readonly (readonly [type: string, format: string])[]) => {
    const properties = types.map(([type, format], i) => [
      `f${i}`,
      { type, format, ...(type === 'array' ? { items: { type: 'string' } } : {}) },
    ])
    return made(CustomResourceDefinition, schema({ type: 'object', properties: Object.fromEntries(properties) }))
  }
  const { warnings } = CustomResourceDefinition.strategy
  const first = formats(['string', 'int64'], ['string', 'date-time'], ['string', 'password'], ['integer', 'int32'])
  assert.deepEqual(warnings?.(first), ['unrecognized format "int64"'])
  const second = formats(['string', 'int64'], ['string', 'k8s-short-name'], ['string', 'nope'], ['array', 'cidr'])
  assert.deepEqual(warnings?.(second, first), ['unrecognized format "nope"', 'unrecognized format "cidr"'])
})
