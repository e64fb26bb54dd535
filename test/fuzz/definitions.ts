// Custom kinds of any schema: a definition is refused, or its kind takes and refuses objects like a built-in one.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CustomResourceDefinition } from '#api/apiextensions/custom-resource-definition.ts'
import type { JSONSchemaProps } from '#api/apiextensions/json-schema.ts'
import { customKinds } from '#api/custom/kind.ts'
import { decode } from '#api/decode.ts'
import { applyDefaults } from '#api/defaults.ts'
import { FieldErrors } from '#api/field-errors.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { parseJson } from '#api/parse-body.ts'
import { validateCreate, validateUpdate } from '#api/validate.ts'
import { parseExact } from '#lib/exact-json.ts'
import { deepFreeze } from '#lib/freeze.ts'
import '#server/app.ts'
import { trackUpdate } from '#server/managed-fields.ts'
import { applyServerSide } from '#server/patch/index.ts'
import { checkStable, named } from './decoding.ts'
import { type Area, area, attempt } from './law.ts'
import { mutated, strangeKey, strangeValue } from './values.ts'

type Schema = Record<string, unknown>

const fieldName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'name', 'size', 'items', 'spec', 'a-b', 'a/b', 'true') },
  { weight: 1, arbitrary: strangeKey },
)

const rule = fc.constantFrom(
  ...['self == self', 'true', 'self == oldSelf', 'size(self) < 3', 'self.a == self.b', 'has(self.a)', 'self.all(x, x)'],
  ...['self > 1', 'self.matches("a*")', '1 / 0 == 1', 'self.__true__', 'self.map(x, x)', 'oldSelf', 'self.a.b.c', '('],
  ...['self.exists(x, x == self)', 'self.metadata.name != ""', 'optionalOldSelf.hasValue()', 'self.all(k, v, k == v)'],
)
const rules = fc.array(
  fc.record(
    {
      rule,
      message: fc.constantFrom('no', ' '),
      messageExpression: fc.constantFrom('"no"', 'string(self)', 'self'),
      reason: fc.constantFrom('FieldValueInvalid', 'x'),
      fieldPath: fc.constantFrom('.a', '.b', 'c'),
      optionalOldSelf: fc.boolean(),
    },
    { requiredKeys: ['rule'] },
  ),
  { minLength: 1, maxLength: 2 },
)

const sometimes = <T>(of: fc.Arbitrary<T>, name: string): fc.Arbitrary<Schema> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<Schema>({}) },
    { weight: 1, arbitrary: of.map((value) => ({ [name]: value })) },
  )
const common = fc
  .tuple(
    sometimes(fc.constant(true), 'nullable'),
    sometimes(rules, 'x-kubernetes-validations'),
    sometimes(fc.constantFrom<unknown>(1, 'a', true, [], {}, { a: 1 }, null, [1], ['a']), 'default'),
    sometimes(fc.array(fc.constantFrom<unknown>(1, 'a', true, null, {}), { minLength: 1, maxLength: 3 }), 'enum'),
    sometimes(fc.string(), 'description'),
  )
  .map((parts) => Object.assign({}, ...parts) as Schema)

const number = fc.constantFrom(0, 1, 2, -1, 1.5, 10, 1e300)
const bounds = (names: readonly string[]) =>
  fc.tuple(...names.map((name) => sometimes(number, name))).map((parts) => Object.assign({}, ...parts) as Schema)

const { schema } = fc.letrec<{ schema: Schema }>((tie) => {
  const below = tie('schema')
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc
        .tuple(
          common,
          bounds(['minLength', 'maxLength']),
          sometimes(fc.constantFrom('^a', '(', '(a+)+$', '[a-z]*', '\\d', ''), 'pattern'),
          sometimes(
            fc.constantFrom('date-time', 'date', 'ipv4', 'byte', 'duration', 'uuid', 'none', 'int64'),
            'format',
          ),
        )
        .map((parts) => Object.assign({ type: 'string' }, ...parts) as Schema),
      fc
        .tuple(
          fc.constantFrom('integer', 'number'),
          common,
          bounds(['minimum', 'maximum', 'multipleOf']),
          sometimes(fc.constantFrom('int32', 'int64', 'double', 'float'), 'format'),
          sometimes(fc.boolean(), 'exclusiveMinimum'),
        )
        .map(([type, ...parts]) => Object.assign({ type }, ...parts) as Schema),
      common.map((part) => ({ type: 'boolean', ...part })),
      common.map((part) => ({ 'x-kubernetes-int-or-string': true, ...part })),
      common.map((part) => ({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...part })),
      common.map((part) => ({
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
        ...part,
      })),
      fc
        .tuple(below, common, bounds(['minItems', 'maxItems']), fc.constantFrom('', 'atomic', 'set', 'map', 'x'))
        .map(([items, part, bound, type]) => ({
          type: 'array',
          items,
          ...part,
          ...bound,
          ...(type === '' ? {} : { 'x-kubernetes-list-type': type }),
          ...(type === 'map' ? { 'x-kubernetes-list-map-keys': ['a'] } : {}),
        })),
      fc.tuple(below, common, bounds(['maxProperties'])).map(([values, part, bound]) => ({
        type: 'object',
        additionalProperties: values,
        ...part,
        ...bound,
      })),
      fc
        .tuple(
          fc.array(fc.tuple(fieldName, below), { maxLength: 3 }),
          common,
          sometimes(fc.array(fieldName, { maxLength: 2 }), 'required'),
          sometimes(fc.constant(true), 'x-kubernetes-preserve-unknown-fields'),
          sometimes(fc.constantFrom('atomic', 'granular', 'x'), 'x-kubernetes-map-type'),
          sometimes(
            fc.array(fc.constantFrom({ required: ['a'] }, { properties: { a: { minimum: 1 } } }), {
              minLength: 1,
              maxLength: 2,
            }),
            'anyOf',
          ),
        )
        .map(
          ([fields, ...parts]) =>
            Object.assign({ type: 'object', properties: Object.fromEntries(fields) }, ...parts) as Schema,
        ),
    ),
  }
})

const root = fc
  .tuple(schema, schema, common, sometimes(fc.constant(true), 'x-kubernetes-preserve-unknown-fields'))
  .map(([spec, status, { 'x-kubernetes-validations': validations }, keeps]) => ({
    type: 'object',
    properties: { spec, status },
    ...keeps,
    ...(validations ? { 'x-kubernetes-validations': validations } : {}),
  }))

const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' }

const definitionOf = (openAPIV3Schema: unknown, hasStatus: boolean) => ({
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names,
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema },
        subresources: hasStatus ? { status: {} } : {},
        additionalPrinterColumns: [
          { name: 'A', type: 'string', jsonPath: '.spec.a' },
          { name: 'B', type: 'date', jsonPath: '.spec.items[*].b' },
        ],
        selectableFields: [],
      },
    ],
  },
})

/** What would fit, mostly. */
function instanceOf(of: unknown, depth = 0): fc.Arbitrary<unknown> {
  if (typeof of !== 'object' || of === null || depth > 6) return strangeValue
  const { type, properties, items, additionalProperties, default: given } = of as JSONSchemaProps
  const own = ((): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'string':
        return fc.constantFrom('', 'a', 'aaaa', '2024-01-01T00:00:00Z', '1.2.3.4', 'YQ==')
      case 'integer':
        return fc.constantFrom(0, 1, 2, -1, 10)
      case 'number':
        return fc.constantFrom(0, 1, 1.5, -2)
      case 'boolean':
        return fc.boolean()
      case 'array':
        return fc.array(instanceOf(items, depth + 1), { maxLength: 3 })
      case 'object':
        if (additionalProperties)
          return fc.dictionary(fieldName, instanceOf(additionalProperties, depth + 1), {
            maxKeys: 3,
            noNullPrototype: true,
          })
        return fc.record(
          Object.fromEntries(
            Object.entries(properties ?? {}).map(([name, field]) => [name, instanceOf(field, depth + 1)]),
          ),
          { requiredKeys: [], noNullPrototype: true },
        )
      default:
        return strangeValue
    }
  })()
  return fc.oneof(
    { weight: 8, arbitrary: own },
    { weight: 1, arbitrary: fc.constant(given ?? null) },
    { weight: 1, arbitrary: strangeValue },
  )
}

const parsed = (value: unknown): unknown => parseJson(JSON.stringify(value)).value

function kindOf(definition: object): AnyKind | undefined {
  const crd = attempt(() => decode<ApiObject>(CustomResourceDefinition, parsed(definition)).object)
  if (!crd) return undefined
  checkStable(CustomResourceDefinition, crd)
  applyDefaults(CustomResourceDefinition, crd)
  CustomResourceDefinition.strategy.prepareForCreate?.(
    crd as never,
    { nowMs: 0, subresource: '', user: { name: '', groups: [] } } as never,
  )
  const errors = new FieldErrors()
  validateCreate(CustomResourceDefinition, crd, errors)
  if (errors.any) return undefined
  const [kind] = customKinds(crd as CustomResourceDefinition, { names: (crd as CustomResourceDefinition).spec.names })
  return kind && named(kind)
}

function checkObject(kind: AnyKind, given: object): void {
  const object = attempt(() => decode<ApiObject>(kind, parsed(given), { strictness: 'Warn' }).object)
  if (!object) return
  checkStable(kind, object)
  applyDefaults(kind, object)
  const errors = new FieldErrors()
  validateCreate(kind, object, errors)
  if (errors.any) return
  const text = JSON.stringify(object)
  // What is stored is read again as it was, and may be written back.
  const stored = kind.storedAs!.toStored(structuredClone(object))
  const shown = kind.storedAs!.fromStored(parsed(stored) as ApiObject)
  assert.deepEqual(parsed(shown), parsed(object))
  const again = decode<ApiObject>(kind, parseExact(text)).object
  applyDefaults(kind, again)
  assert.equal(JSON.stringify(again), text)
  const unchanged = new FieldErrors()
  validateUpdate(kind, again, object, '', unchanged)
  trackUpdate({ kind, old: undefined, next: deepFreeze(again), manager: 'm', nowMs: 0 })
  attempt(() => applyServerSide({ kind, live: undefined, applied: object, manager: 'm', force: false, nowMs: 0 }))
}

const withObjects = (schemas: fc.Arbitrary<object>) =>
  schemas.chain((of) =>
    fc.tuple(
      fc.constant(of),
      fc.boolean(),
      fc.array(
        fc.oneof(instanceOf(of), mutated(instanceOf(of).map((value) => Object(value) as object))).map((value) => ({
          ...(value as object),
          metadata: { name: 'a' },
          kind: 'Thing',
          apiVersion: 'example.com/v1',
        })),
        { maxLength: 4 },
      ),
    ),
  )

function check([of, hasStatus, objects]: readonly [object, boolean, readonly object[]]): void {
  const kind = kindOf(definitionOf(of, hasStatus))
  if (kind) for (const object of objects) checkObject(kind, object)
}

export const definitions = async (): Promise<Area> =>
  area([
    {
      name: 'custom kinds of any schema take and refuse objects',
      runs: 150,
      property: fc.property(withObjects(root), check),
    },
    {
      name: 'custom kinds of a schema with something strange in it, too',
      runs: 150,
      property: fc.property(withObjects(mutated(root)), check),
    },
    {
      name: 'a definition with something strange in it is refused, or makes a kind',
      runs: 100,
      property: fc.property(mutated(root.map((of) => definitionOf(of, true))), (definition) => {
        const kind = kindOf(definition)
        if (kind) checkObject(kind, { metadata: { name: 'a' }, spec: { a: 1 } })
      }),
    },
  ])
