import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, VirtualClock } from '#lib/clock.ts'
import { Expiry } from './expiry.ts'
import { MemoryStore } from './memory.ts'
import { content, write } from './store.cases.ts'

const ttlMs = 3_600_000
const keys = (store: MemoryStore) => store.list({ prefix: '' }).items.map(({ key }) => key)
const put = (store: MemoryStore, key: string) => write(store, { key, put: content('x') })

test('Expiry deletes what has not changed for its time, and nothing else', async () => {
  const clock = new VirtualClock()
  const store = new MemoryStore(clock)
  await put(store, 'events/a/before')
  await put(store, 'pods/a/a')
  const expiry = new Expiry(store, clock, { prefix: 'events/', ttlMs })
  await clock.advance(ttlMs / 2)
  await put(store, 'events/a/later')
  await clock.advance(ttlMs / 2 - 1)
  assert.deepEqual(keys(store), ['events/a/before', 'events/a/later', 'pods/a/a'])
  await clock.advance(1)
  assert.deepEqual(keys(store), ['events/a/later', 'pods/a/a'])
  await put(store, 'events/a/later')
  await clock.advance(ttlMs - 1)
  assert.deepEqual(keys(store), ['events/a/later', 'pods/a/a'])
  await clock.advance(1)
  assert.deepEqual(keys(store), ['pods/a/a'])
  assert.equal(clock.pendingTimers, 0)
  expiry.stop()
})

test('Expiry deletes thousands that are due at once', async () => {
  const clock = new VirtualClock()
  const store = new MemoryStore(clock)
  const expiry = new Expiry(store, clock, { prefix: 'events/', ttlMs })
  for (let i = 0; i < 1000; i++) await put(store, `events/a/${i}`)
  await clock.advance(ttlMs)
  assert.deepEqual(keys(store), [])
  expiry.stop()
})

test('a stopped Expiry, or one whose store is closed, leaves no timer and deletes nothing', async () => {
  const clock = new VirtualClock()
  const store = new MemoryStore(clock)
  const stopped = new Expiry(store, clock, { prefix: 'events/', ttlMs })
  new Expiry(store, clock, { prefix: 'pods/', ttlMs })
  await put(store, 'events/a/a')
  await put(store, 'pods/a/a')
  await settle()
  assert.equal(clock.pendingTimers, 2)
  stopped.stop()
  await store.close()
  assert.equal(clock.pendingTimers, 0)
  await clock.advance(ttlMs)
  assert.equal(keys(store).length, 2)
})
