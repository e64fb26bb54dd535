import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CustomResourceDefinition } from '#api/apiextensions/custom-resource-definition.ts'
import { acceptNames, plannedStatus } from './conditions.ts'

const wanted = { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList', shortNames: ['x', 'y'] }
const none = { plural: '', kind: '' }
const free = { plural: 'bs', singular: 'b', kind: 'B', listKind: 'BList' }

const cases: readonly (readonly [string, object, string, string, object])[] = [
  ['nobody has them', {}, 'NoConflicts', 'no conflicts found', wanted],
  ['a plural', { plural: 'as' }, 'PluralConflict', '"as" is already in use', { ...wanted, plural: '' }],
  ['a short name is a plural', { plural: 'x' }, 'ShortNamesConflict', '"x" is already in use', {}],
  [
    'two short names',
    { shortNames: ['x', 'y'] },
    'ShortNamesConflict',
    '["x" is already in use, "y" is already in use]',
    {},
  ],
  ['a kind', { kind: 'A' }, 'KindConflict', '"A" is already in use', { ...wanted, kind: '' }],
  ['the kind of a list is a kind', { kind: 'AList' }, 'ListKindConflict', '"AList" is already in use', {}],
]
for (const [what, change, reason, message, names] of cases) {
  test(`names: ${what}`, () => {
    const found = acceptNames(wanted, none, [{ ...free, ...change }])
    assert.deepEqual([found.reason, found.message], [reason, message])
    if (Object.keys(names).length > 0) assert.deepEqual(found.names, names)
    else assert.deepEqual([found.names.plural, found.reason === 'NoConflicts'], ['as', false])
  })
}

test('what was accepted before stays when a name is taken', () => {
  const before = { ...wanted, shortNames: ['old'] }
  const { names } = acceptNames(wanted, before, [{ ...free, shortNames: ['x'] }])
  assert.deepEqual(names, before)
})

test('a schema from the time before v1 that is not structural is told of, until it is', () => {
  const definition = (preserveUnknownFields: boolean, schema: object, conditions: readonly object[] = []) =>
    ({
      metadata: { name: 'as.example.com' },
      spec: {
        group: 'example.com',
        names: { plural: 'as', kind: 'A' },
        preserveUnknownFields,
        versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }],
      },
      status: { acceptedNames: {}, conditions },
    }) as unknown as CustomResourceDefinition
  const now = '2026-01-01T00:00:00Z'
  const found = (of: CustomResourceDefinition) =>
    plannedStatus({ definition: of, others: [], now }).conditions.find(({ type }) => type === 'NonStructuralSchema')
  const loose = { type: 'object', properties: { a: {} } }
  const condition = found(definition(true, loose))
  assert.deepEqual(condition, {
    type: 'NonStructuralSchema',
    status: 'True',
    lastTransitionTime: now,
    reason: 'Violations',
    message:
      'spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
  })
  assert.equal(found(definition(true, { type: 'object' }, [condition!])), undefined)
  assert.equal(found(definition(false, loose)), undefined)
})
