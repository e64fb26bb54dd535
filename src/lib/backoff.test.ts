import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backoff, backoffMs } from './backoff.ts'
import { seededRandom } from './random.ts'

test('backoffMs() doubles up to the cap, even after thousands of failures', () => {
  const options = { initialMs: 5, capMs: 1000 }
  assert.deepEqual(
    [0, 1, 2, 7, 8, 5000].map((failures) => backoffMs(failures, options)),
    [5, 10, 20, 640, 1000, 1000],
  )
  assert.equal(backoffMs(2, { initialMs: 10, capMs: 1000, factor: 3 }), 90)
})

test('Backoff starts anew after reset()', () => {
  const backoff = new Backoff({ initialMs: 1, capMs: 10 })
  assert.deepEqual([backoff.next(), backoff.next(), backoff.next()], [1, 2, 4])
  assert.equal(backoff.failures, 3)
  backoff.reset()
  assert.equal(backoff.next(), 1)
})

test('Backoff adds at most its jitter', () => {
  const backoff = new Backoff({ initialMs: 100, capMs: 100, jitter: 0.5 }, seededRandom(1))
  const waits = Array.from({ length: 200 }, () => backoff.next())
  assert.ok(Math.min(...waits) >= 100 && Math.max(...waits) < 150)
  assert.ok(new Set(waits).size > 100)
})
