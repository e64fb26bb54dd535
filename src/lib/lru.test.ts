import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lru } from './lru.ts'

test('Lru forgets what was not used for longest', () => {
  const lru = new Lru<string, number>({ maxEntries: 2 })
  lru.set('a', 1)
  lru.set('b', 2)
  assert.equal(lru.get('a'), 1)
  lru.set('c', 3)
  assert.equal(lru.get('b'), undefined)
  assert.equal(lru.get('a'), 1)
  assert.equal(lru.size, 2)
})

test('Lru keeps the sum of sizes below its bound', () => {
  const lru = new Lru<string, string>({ maxEntries: 100, maxSize: 10, sizeOf: (value) => value.length })
  lru.set('a', '1234')
  lru.set('b', '1234')
  lru.set('a', '123456')
  assert.equal(lru.totalSize, 10)
  lru.set('c', '1')
  assert.equal(lru.get('b'), undefined)
  assert.equal(lru.totalSize, 7)
  lru.set('huge', '12345678901')
  assert.equal(lru.totalSize, 0)
  lru.clear()
  assert.equal(lru.size, 0)
})
