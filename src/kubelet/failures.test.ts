import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { Failures } from './failures.ts'

const retry = { initialMs: 1000, capMs: 3000 }

const started = () => {
  const clock = new VirtualClock()
  const failures = new Failures(clock)
  const waitMs = (name: string): number => failures.count(name, 'Why', 'because', retry).retryAtMs - clock.now()
  return { clock, failures, waitMs }
}

test('every failure in a row waits longer, up to the cap, each thing for itself', () => {
  const { waitMs } = started()
  assert.deepEqual([waitMs('a'), waitMs('a'), waitMs('b'), waitMs('a')], [1000, 2000, 1000, 3000])
})

test('what has succeeded is known no more, and begins anew', () => {
  const { failures, waitMs } = started()
  failures.keep('a', failures.count('a', 'Why', 'because', retry))
  failures.clear('a')
  assert.deepEqual([...failures.known.keys()], [])
  assert.equal(waitMs('a'), 1000)
})

test('what is released is known no more, but waits longer when it fails again', () => {
  const { clock, failures, waitMs } = started()
  failures.keep('a', failures.count('a', 'Why', 'because', retry))
  failures.keep('b', failures.count('b', 'Else', 'because', retry))
  const atMs = clock.now()
  failures.release('Why')
  assert.deepEqual([...failures.known], [['b', { reason: 'Else', message: 'because', atMs, retryAtMs: atMs + 1000 }]])
  assert.equal(waitMs('a'), 2000)
})
