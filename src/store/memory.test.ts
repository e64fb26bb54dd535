import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { MemoryStore } from './memory.ts'
import { storeCases, write } from './store.cases.ts'

storeCases('memory', async (context, past) => {
  const store = new MemoryStore(new VirtualClock(), past)
  context.after(() => store.close())
  return store
})

test('memory: a change is visible as soon as commit() has been called', () => {
  const store = new MemoryStore(new VirtualClock())
  void write(store, {
    key: 'pods/a/b',
    put: () => ({ bytes: Buffer.from('x'), index: { labels: {}, fields: {} }, value: 1 }),
  })
  assert.equal(store.get('pods/a/b')?.value, 1)
})
