import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMicroTime, formatTime, keepProcessAlive, realClock, VirtualClock } from './clock.ts'

test('VirtualClock fires timers in order of time, then in the order in which they were set', async () => {
  const clock = new VirtualClock(0)
  const fired: string[] = []
  const set = (name: string, delayMs: number) => clock.after(delayMs, () => fired.push(`${name}@${clock.now()}`))
  set('c', 20)
  set('a', 10)
  set('b', 10)
  set('late', 31)
  set('cancelled', 15).cancel()
  await clock.advance(30)
  assert.deepEqual(fired, ['a@10', 'b@10', 'c@20'])
  assert.equal(clock.now(), 30)
  assert.equal(clock.monotonic(), 30)
  assert.equal(clock.pendingTimers, 1)
})

test('VirtualClock runs promise reactions between timers, and timers set by timers', async () => {
  const clock = new VirtualClock(0)
  const seen: string[] = []
  const loop = (async () => {
    for (let i = 0; i < 3; i++) {
      await clock.sleep(10)
      seen.push(`slept until ${clock.now()}`)
    }
  })()
  clock.after(20, () => seen.push('timer'))
  await clock.advance(100)
  await loop
  assert.deepEqual(seen, ['slept until 10', 'timer', 'slept until 20', 'slept until 30'])
})

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const clock = new VirtualClock()
  const abort = new AbortController()
  const sleep = assert.rejects(clock.sleep(1000, abort.signal), /enough/)
  abort.abort(new Error('enough'))
  await sleep
  assert.equal(clock.pendingTimers, 0)
  await assert.rejects(clock.sleep(1000, abort.signal), /enough/)
})

test('cancelling a timer that has fired, or twice, does nothing', async () => {
  const clock = new VirtualClock()
  const timer = clock.after(1, () => {})
  await clock.advance(1)
  timer.cancel()
  timer.cancel()
  assert.equal(clock.pendingTimers, 0)
})

test('realClock sleeps, and a wait longer than setTimeout can take does not fire at once', async () => {
  const before = realClock.monotonic()
  const alive = keepProcessAlive()
  const long = realClock.after(2 ** 31, () => assert.fail('fired'))
  await realClock.sleep(3)
  alive.cancel()
  long.cancel()
  assert.ok(realClock.monotonic() - before >= 2)
})

test('times are written as metav1.Time and metav1.MicroTime are', () => {
  const ms = Date.UTC(2030, 0, 2, 3, 4, 5, 678)
  assert.equal(formatTime(ms), '2030-01-02T03:04:05Z')
  assert.equal(formatMicroTime(ms), '2030-01-02T03:04:05.678000Z')
})
