import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { TokenBucket } from './rate-limit.ts'

test('tryTake() gives the burst at once and then the rate', async () => {
  const clock = new VirtualClock()
  const bucket = new TokenBucket(clock, { perSecond: 10, burst: 3 })
  const take = () => Array.from({ length: 4 }, () => bucket.tryTake())
  assert.deepEqual(take(), [true, true, true, false])
  await clock.advance(100)
  assert.deepEqual(take(), [true, false, false, false])
  await clock.advance(60_000)
  assert.deepEqual(take(), [true, true, true, false])
})

test('reserve() says how long to wait, each further one longer', () => {
  const bucket = new TokenBucket(new VirtualClock(), { perSecond: 10, burst: 1 })
  assert.deepEqual([bucket.reserve(), bucket.reserve(), bucket.reserve()], [0, 100, 200])
})

test('take() waits for its token; an aborted wait gives it back', async () => {
  const clock = new VirtualClock()
  const bucket = new TokenBucket(clock, { perSecond: 1, burst: 1 })
  await bucket.take()
  const abort = new AbortController()
  const aborted = assert.rejects(bucket.take(abort.signal), /enough/)
  abort.abort(new Error('enough'))
  await aborted
  let taken = false
  const wait = bucket.take().then(() => {
    taken = true
  })
  await clock.advance(999)
  assert.equal(taken, false)
  await clock.advance(1)
  await wait
  assert.equal(clock.pendingTimers, 0)
})
