import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from '#api/status-error.ts'
import { VirtualClock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { untilAllowed } from './node-credentials.ts'

const log: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
const forbidden = () => new StatusError(403, 'Forbidden', 'certificatesigningrequests is forbidden')

test('a node that is not let in yet asks again, less and less often, until it is', async () => {
  const clock = new VirtualClock()
  const askedMs: number[] = []
  const joined = untilAllowed(
    async () => {
      askedMs.push(clock.monotonic())
      if (askedMs.length < 9) throw forbidden()
      return 'in'
    },
    { clock, log, signal: new AbortController().signal },
  )
  await clock.advance(200_000)
  assert.equal(await joined, 'in')
  assert.deepEqual(askedMs, [0, 500, 1500, 3500, 7500, 15_500, 31_500, 61_500, 91_500])
})

test('any other refusal, and a signal, end it at once', async () => {
  const clock = new VirtualClock()
  const unauthorized = new StatusError(401, 'Unauthorized', 'Unauthorized')
  const refused = untilAllowed(() => Promise.reject(unauthorized), { clock, log, signal: new AbortController().signal })
  await assert.rejects(refused, unauthorized)
  const stop = new AbortController()
  const waiting = untilAllowed(() => Promise.reject(forbidden()), { clock, log, signal: stop.signal })
  await clock.advance(100)
  stop.abort(new Error('stopped'))
  await assert.rejects(waiting, /stopped/)
  assert.equal(clock.pendingTimers, 0)
})
