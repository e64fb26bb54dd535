import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settle, VirtualClock } from './clock.ts'
import { Loop } from './loop.ts'
import { seededRandom } from './random.ts'

function setUp() {
  const clock = new VirtualClock()
  const failures: unknown[] = []
  const state = { runs: 0, failing: 0, hold: Promise.resolve() }
  const loop = new Loop({
    clock,
    random: seededRandom(1),
    work: async () => {
      state.runs++
      await state.hold
      if (state.failing-- > 0) throw new Error('no')
    },
    failed: (error) => failures.push(error),
  })
  return { clock, failures, state, loop }
}

test('a loop runs once for what is said together', async () => {
  const { state, loop } = setUp()
  loop.wake()
  loop.wake()
  await loop.settled()
  assert.equal(state.runs, 1)
})

test('a loop runs once more for what is said during the work', async () => {
  const { state, loop } = setUp()
  const hold = Promise.withResolvers<void>()
  state.hold = hold.promise
  loop.wake()
  await settle()
  await settle()
  assert.equal(state.runs, 1)
  loop.wake()
  loop.wake()
  hold.resolve()
  await loop.settled()
  assert.equal(state.runs, 2)
})

test('a loop that has nothing to do is settled', async () => {
  const { state, loop } = setUp()
  await loop.settled()
  assert.equal(state.runs, 0)
})

test('a loop tries again after an error, with growing pauses', async () => {
  const { clock, failures, state, loop } = setUp()
  state.failing = 2
  loop.wake()
  const settled = loop.settled()
  await clock.advance(90)
  assert.equal(state.runs, 1)
  await clock.advance(30)
  assert.equal(state.runs, 2)
  await clock.advance(250)
  assert.equal(state.runs, 3)
  await settled
  assert.equal(failures.length, 2)
  assert.equal(clock.pendingTimers, 0)
})

test('a stopped loop leaves no timer and nobody waiting', async () => {
  const { clock, state, loop } = setUp()
  state.failing = 100
  loop.wake()
  const settled = loop.settled()
  await settle()
  await settle()
  await loop.stop()
  await settled
  loop.wake()
  await clock.advance(100_000)
  assert.equal(state.runs, 1)
  assert.equal(clock.pendingTimers, 0)
})
