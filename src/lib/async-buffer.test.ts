import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AsyncBuffer } from './async-buffer.ts'
import { settle } from './clock.ts'

test('what gathers between two reads comes as one batch', async () => {
  const buffer = new AsyncBuffer<number>({ limit: 10 })
  const batches: (readonly number[])[] = []
  const reading = (async () => {
    for await (const batch of buffer) batches.push(batch)
  })()
  await settle()
  buffer.push(1)
  buffer.push(2)
  await settle()
  buffer.pushAll([3, 4])
  buffer.end()
  await reading
  assert.deepEqual(batches, [
    [1, 2],
    [3, 4],
  ])
})

test('end() with an error delivers what is there and then throws', async () => {
  const buffer = new AsyncBuffer<number>({ limit: 10 })
  buffer.push(1)
  buffer.end(new Error('too old'))
  assert.equal(buffer.push(2), false)
  const seen: number[] = []
  await assert.rejects(async () => {
    for await (const batch of buffer) seen.push(...batch)
  }, /too old/)
  assert.deepEqual(seen, [1])
})

test('a reader that falls behind gets BufferOverflow, and the producer is told once', async () => {
  let closed = 0
  const buffer = new AsyncBuffer<number>({ limit: 2, onClose: () => closed++ })
  assert.equal(buffer.pushAll([1, 2]), true)
  assert.equal(buffer.push(3), false)
  assert.equal(buffer.push(4), false)
  assert.equal(closed, 1)
  await assert.rejects(buffer[Symbol.asyncIterator]().next(), { name: 'BufferOverflow' })
})

test('leaving the loop tells the producer, even while a read is pending', async () => {
  let closed = 0
  const buffer = new AsyncBuffer<number>({ limit: 2, onClose: () => closed++ })
  const iterator = buffer[Symbol.asyncIterator]()
  const pending = iterator.next()
  await iterator.return?.()
  assert.deepEqual(await pending, { done: true, value: undefined })
  assert.equal(closed, 1)
  assert.equal(buffer.closed, true)
})
