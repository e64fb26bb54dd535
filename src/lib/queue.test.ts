import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, VirtualClock } from './clock.ts'
import { WorkQueue } from './queue.ts'

test('keys come out in the order of adding, each once', async () => {
  const queue = new WorkQueue(new VirtualClock())
  for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key)
  assert.equal(queue.length, 3)
  assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], ['b', 'a', 'c'])
})

test('a key added while it is worked on comes again after done(), and not before', async () => {
  const queue = new WorkQueue(new VirtualClock())
  queue.add('a')
  assert.equal(await queue.take(), 'a')
  queue.add('a')
  queue.add('a')
  let second: string | undefined
  const taken = queue.take().then((key) => {
    second = key
  })
  await settle()
  assert.equal(second, undefined)
  queue.done('a')
  await taken
  assert.equal(second, 'a')
  queue.done('a')
  assert.equal(queue.length + queue.working, 0)
})

test('a waiting taker gets a key as soon as it is added', async () => {
  const queue = new WorkQueue(new VirtualClock())
  const taken = [queue.take(), queue.take()]
  queue.add('a')
  queue.add('a')
  queue.add('b')
  assert.deepEqual(await Promise.all(taken), ['a', 'b'])
  assert.equal(queue.working, 2)
})

test('of several delays the earliest counts', async () => {
  const clock = new VirtualClock()
  const queue = new WorkQueue(clock)
  queue.addAfter('a', 100)
  queue.addAfter('a', 50)
  queue.addAfter('a', 200)
  assert.equal(queue.delayed, 1)
  await clock.advance(49)
  assert.equal(queue.length, 0)
  await clock.advance(1)
  assert.equal(queue.length, 1)
  assert.equal(clock.pendingTimers, 0)
})

test('addRateLimited() backs off per key until forget()', () => {
  const queue = new WorkQueue(new VirtualClock())
  assert.deepEqual(
    Array.from({ length: 4 }, () => queue.addRateLimited('a')),
    [5, 10, 20, 40],
  )
  assert.equal(queue.addRateLimited('b'), 5)
  assert.equal(queue.failures('a'), 4)
  queue.forget('a')
  assert.equal(queue.addRateLimited('a'), 5)
  for (let i = 0; i < 50; i++) queue.forget('c')
  assert.equal(queue.failures('c'), 0)
})

test('addRateLimited() is held back by the overall limit', () => {
  const queue = new WorkQueue(new VirtualClock(), { limit: { perSecond: 10, burst: 2 } })
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => queue.addRateLimited(key)),
    [5, 5, 100, 200],
  )
})

test('idle() resolves when nothing waits or is worked on; delayed keys do not count', async () => {
  const queue = new WorkQueue(new VirtualClock())
  await queue.idle()
  queue.addAfter('later', 1000)
  queue.add('a')
  let idle = false
  const wait = queue.idle().then(() => {
    idle = true
  })
  assert.equal(await queue.take(), 'a')
  queue.add('a')
  queue.done('a')
  assert.equal(await queue.take(), 'a')
  await settle()
  assert.equal(idle, false)
  queue.done('a')
  await wait
})

test('shutDown() drops what waits, lets takers go and leaves no timer', async () => {
  const clock = new VirtualClock()
  const queue = new WorkQueue(clock)
  const waiting = queue.take()
  queue.addAfter('later', 10)
  queue.shutDown()
  assert.equal(await waiting, undefined)
  queue.add('a')
  queue.addAfter('b', 1)
  queue.addRateLimited('c')
  assert.equal(await queue.take(), undefined)
  assert.equal(clock.pendingTimers, 0)
  await queue.idle()
})
