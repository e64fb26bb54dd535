import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#lib/clock.ts'
import { untilEnded } from './until-ended.ts'

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/** How long it takes, in steps of a tenth of a second, until an end that shows after `endMs` is known. */
async function knownAfterMs(endMs: number, abortMs = Number.POSITIVE_INFINITY): Promise<number> {
  const clock = new VirtualClock()
  const control = new AbortController()
  const startMs = clock.monotonic()
  let isKnown = false
  const waiting = untilEnded(async () => clock.monotonic() - startMs >= endMs, clock, control.signal).then(() => {
    isKnown = true
  })
  await settle()
  for (; !isKnown; await settle()) {
    if (clock.monotonic() - startMs >= abortMs) control.abort()
    else await clock.advance(100)
  }
  await waiting
  return clock.monotonic() - startMs
}

for (const [name, endMs, atMostMs] of [
  ['at once', 0, 0],
  ['soon', 300, 600],
  ['after many seconds', 12_000, 13_100],
] as const) {
  test(`an end that shows ${name} is known shortly after`, async () => {
    const ms = await knownAfterMs(endMs)
    assert.ok(ms >= endMs && ms <= atMostMs, `${ms} ms`)
  })
}

test('an end that never shows is waited for no longer than a minute', async () => {
  const ms = await knownAfterMs(Number.POSITIVE_INFINITY)
  assert.ok(ms >= 60_000 && ms <= 61_100, `${ms} ms`)
})

test('nobody waits any more when the agent stops', async () => {
  assert.equal(await knownAfterMs(Number.POSITIVE_INFINITY, 2000), 2000)
})
