import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { inSteps } from './steps.ts'

/** A clock on which reading the time is what takes time. */
class BusyClock extends VirtualClock {
  #readMs = 0
  override monotonic(): number {
    return ++this.#readMs
  }
}

const options = { delayMs: 100, stepMs: 3, pauseMs: 10 }

test('inSteps() works off all items, a step at a time', async () => {
  const clock = new BusyClock()
  const done: number[] = []
  inSteps([1, 2, 3, 4, 5, 6, 7], (item) => void done.push(item), { clock, ...options })
  assert.deepEqual(done, [])
  await clock.advance(100)
  assert.deepEqual(done, [1, 2, 3])
  await clock.advance(10)
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6])
  await clock.advance(1000)
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7])
})

test('inSteps() does nothing more once it has been cancelled', async () => {
  const clock = new BusyClock()
  const done: number[] = []
  const timer = inSteps([1, 2, 3, 4, 5], (item) => void done.push(item), { clock, ...options })
  await clock.advance(100)
  timer.cancel()
  await clock.advance(1000)
  assert.deepEqual(done, [1, 2, 3])
})
