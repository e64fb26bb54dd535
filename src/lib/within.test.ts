import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from './clock.ts'
import { within } from './within.ts'

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('work that ends in time leaves no timer behind', async () => {
  const clock = new VirtualClock()
  const limit = { clock, limitMs: 10, late: () => assert.fail('it was in time') }
  assert.equal(await within(limit, async () => 'done'), 'done')
  await clock.advance(20)
})

test('work that takes too long gets the reason', async () => {
  const clock = new VirtualClock()
  const work = within({ clock, limitMs: 10, late: () => new Error('late') }, untilAborted)
  await Promise.all([assert.rejects(work, /late/), clock.advance(10)])
})

test('who gives up ends it before', async () => {
  const control = new AbortController()
  const limit = { clock: new VirtualClock(), limitMs: 10, late: () => new Error('late'), signal: control.signal }
  const work = within(limit, untilAborted)
  control.abort(new Error('gone'))
  await assert.rejects(work, /gone/)
})
