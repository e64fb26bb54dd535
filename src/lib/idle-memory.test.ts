import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { IdleTimer } from './idle-memory.ts'

const started = () => {
  const clock = new VirtualClock()
  const acted: number[] = []
  const idle = new IdleTimer(clock, 10_000, () => acted.push(clock.monotonic()))
  return { clock, acted, idle }
}

test('IdleTimer acts once when it has not been busy for a while', async () => {
  const { clock, acted, idle } = started()
  idle.busy()
  await clock.advance(60_000)
  assert.deepEqual(acted, [10_000])
  assert.equal(clock.pendingTimers, 0)
})

test('IdleTimer waits as long as it is busy again and again', async () => {
  const { clock, acted, idle } = started()
  for (let i = 0; i < 10; i++) {
    idle.busy()
    await clock.advance(7000)
  }
  assert.deepEqual(acted, [])
  await clock.advance(3000)
  assert.deepEqual(acted, [73_000])
})

test('IdleTimer acts again after it was busy again', async () => {
  const { clock, acted, idle } = started()
  idle.busy()
  await clock.advance(30_000)
  idle.busy()
  await clock.advance(30_000)
  assert.deepEqual(acted, [10_000, 40_000])
})

test('IdleTimer sets one timer however often it is busy, and none once stopped', async () => {
  const { clock, acted, idle } = started()
  for (let i = 0; i < 100; i++) idle.busy()
  assert.equal(clock.pendingTimers, 1)
  idle.stop()
  assert.equal(clock.pendingTimers, 0)
  await clock.advance(60_000)
  assert.deepEqual(acted, [])
})
