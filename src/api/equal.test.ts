import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differences, sameValue } from './equal.ts'

const same: readonly (readonly [unknown, unknown])[] = [
  [1, 1],
  [undefined, null],
  [undefined, []],
  [{}, { a: undefined, b: [], c: null }],
  [
    { a: 1, b: { c: ['x'] } },
    { b: { c: ['x'] }, a: 1 },
  ],
  [[1], [1, null]],
]

const others: readonly (readonly [unknown, unknown])[] = [
  [1, '1'],
  [undefined, {}],
  [{ a: {} }, {}],
  [[], {}],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 2]],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: { b: 1 } }, { a: { b: 2 } }],
  [{}, { constructor: 'x' }],
  [{ toString: 'x' }, {}],
]

test('sameValue() takes what is absent, undefined, null or an empty list for the same, and nothing else', () => {
  for (const [a, b] of same) {
    assert.ok(sameValue(a, b) && sameValue(b, a), JSON.stringify([a, b]))
    assert.deepEqual(differences(a, b, 10), [])
  }
  for (const [a, b] of others) {
    assert.ok(!sameValue(a, b) && !sameValue(b, a), JSON.stringify([a, b]))
    assert.ok(differences(a, b, 10).length > 0)
  }
})

test('differences() tells the first few places, in the order of the fields', () => {
  const before = { image: 'a', ports: [{ port: 80 }], name: 'x' }
  const after = { image: 'b', ports: [{ port: 81 }], labels: { app: 'x' } }
  const all = [
    { path: 'image', before: 'a', after: 'b' },
    { path: 'ports[0].port', before: 80, after: 81 },
    { path: 'name', before: 'x', after: undefined },
    { path: 'labels', before: undefined, after: { app: 'x' } },
  ]
  assert.deepEqual(differences(before, after, 10), all)
  assert.deepEqual(differences(before, after, 2), all.slice(0, 2))
})
