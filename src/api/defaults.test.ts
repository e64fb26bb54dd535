import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbitraryOf } from './arbitrary.ts'
import { decode, decodeAs } from './decode.ts'
import { applyDeclared, applyDefaults } from './defaults.ts'
import { kind } from './kind.ts'
import { kinds } from './kinds.ts'
import { type AnySchema, bool, int32, lazy, list, map, message, opt, req, string } from './schema.ts'

const Options = message('test/v1.Options', 'Options.', { mode: string.default('soft').at(1, '') })
const Item: AnySchema = message('test/v1.Item', 'An item.', {
  protocol: string.default('TCP').at(1, ''),
  port: req(int32).default(80).at(2, ''),
  count: opt(int32).default(1).at(3, ''),
  on: opt(bool).default(true).at(4, ''),
  options: opt(Options).default({ mode: 'hard' }).at(5, ''),
  more: opt(Options).at(6, ''),
  items: list(lazy((): AnySchema => Item)).at(7, ''),
  byName: map(Options).at(8, ''),
})

test('defaults stand in at every depth for what is absent, and only for that', () => {
  const draft = decodeAs(Item, {
    count: 0,
    on: false,
    options: {},
    items: [{ protocol: 'UDP', port: 1, items: [{}] }],
    byName: { a: {}, b: { mode: 'x' } },
  }).object
  applyDeclared(Item, draft)
  const leaf = { protocol: 'TCP', port: 80, count: 1, on: true, options: { mode: 'hard' } }
  assert.deepEqual(draft, {
    ...leaf,
    count: 0,
    on: false,
    options: { mode: 'soft' },
    items: [{ ...leaf, protocol: 'UDP', port: 1, items: [leaf] }],
    byName: { a: { mode: 'soft' }, b: { mode: 'x' } },
  })
})

test('each object gets a default of its own', () => {
  const [a, b] = [{}, {}] as [{ options?: { mode?: string } }, { options?: { mode?: string } }]
  applyDeclared(Item, a)
  applyDeclared(Item, b)
  a.options!.mode = 'changed'
  assert.equal(b.options!.mode, 'hard')
})

test('applyDefaults() lets the kind add what depends on other fields', () => {
  const Thing = kind({
    group: '',
    version: 'v1',
    kind: 'Thing',
    plural: 'things',
    scope: 'Cluster',
    doc: 'A thing.',
    fields: { size: int32.default(2).at(2, ''), twice: int32.at(3, '') },
    defaults: (thing) => {
      thing.twice ||= 2 * (thing.size ?? 0)
    },
  })
  const { object } = decode(Thing, {})
  applyDefaults(Thing, object)
  assert.deepEqual(object, { kind: 'Thing', apiVersion: 'v1', metadata: {}, size: 2, twice: 4 })
})

for (const each of kinds) {
  test(`defaults of ${each.apiVersion} ${each.kind} are complete after one run`, () => {
    fc.assert(
      fc.property(arbitraryOf(each.schema), (json) => {
        const { object } = decode(each, { ...(json as object), kind: each.kind, apiVersion: each.apiVersion })
        applyDefaults(each, object)
        const once = JSON.stringify(object)
        applyDefaults(each, object)
        assert.equal(JSON.stringify(object), once)
        // What is completed is still an object of the kind, in canonical form but for the order of fields.
        assert.deepEqual(decode(each, JSON.parse(once)).object, JSON.parse(once))
      }),
      { numRuns: 30 },
    )
  })
}
