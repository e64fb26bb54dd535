import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { createInformers } from '#client/informers.ts'
import { ScriptedClient } from '#client/testing.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { endpointDrain } from './drain.ts'
import { podOf } from './fixtures.ts'

const sliceOf = (conditions: object) => ({
  metadata: { name: 's', namespace: 'ns' },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.5'], conditions, targetRef: { kind: 'Pod', name: 'a', uid: 'u' } }],
})

async function setUp(conditions: object | undefined, acknowledged?: (version: string) => Promise<void>) {
  const client = new ScriptedClient()
  const clock = new VirtualClock()
  if (conditions) client.put(EndpointSlice, sliceOf(conditions))
  const informers = createInformers({ client, clock, random: seededRandom(1), log: silentLog })
  const drain = endpointDrain({ informers, clock, ...(acknowledged ? { acknowledged } : {}) })
  await informers.of(EndpointSlice).synced
  await settle()
  const control = new AbortController()
  let endedMs: number | undefined
  const startMs = clock.now()
  const ended = drain(podOf(), control.signal).then(() => {
    endedMs = clock.now() - startMs
  })
  await settle()
  return {
    client,
    clock,
    control,
    ended: () => endedMs,
    stop: async () => {
      control.abort()
      await ended
      await informers.stop()
    },
  }
}

test('a pod that nobody offers is not held up', async () => {
  for (const conditions of [undefined, { ready: false }, { ready: false, serving: false, terminating: true }]) {
    const world = await setUp(conditions)
    assert.equal(world.ended(), 0)
    await world.stop()
  }
})

test('an offered pod waits until it is let go of, and half a second longer', async () => {
  const world = await setUp({ ready: true })
  await world.clock.advance(2000)
  assert.equal(world.ended(), undefined)
  world.client.put(EndpointSlice, sliceOf({ ready: false, serving: true, terminating: true }))
  await settle()
  await world.clock.advance(499)
  assert.equal(world.ended(), undefined)
  await world.clock.advance(1)
  assert.equal(world.ended(), 2500)
  await world.stop()
})

test('nobody is waited for longer than ten seconds', async () => {
  const world = await setUp({ ready: true })
  await world.clock.advance(10_000)
  assert.equal(world.ended(), 10_000)
  await world.stop()
})

test('the end of the grace ends the wait', async () => {
  const world = await setUp({ ready: true })
  world.control.abort()
  await settle()
  assert.equal(world.ended(), 0)
  await world.stop()
})

test('a pod that its own deletion has just taken back still waits for the proxies', async () => {
  const world = await setUp({ ready: false, serving: true, terminating: true })
  assert.equal(world.ended(), undefined)
  await world.clock.advance(500)
  assert.equal(world.ended(), 500)
  await world.stop()
})

test('the proxies are asked for the version that lets go, and their answer is waited for', async () => {
  const asked: string[] = []
  const answer = Promise.withResolvers<void>()
  const world = await setUp({ ready: true }, (version) => {
    asked.push(version)
    return answer.promise
  })
  assert.deepEqual(asked, [])
  world.client.put(EndpointSlice, sliceOf({ ready: false, serving: true, terminating: true }))
  await settle()
  const { items } = await world.client.list(EndpointSlice)
  assert.deepEqual(asked, [items[0]?.metadata.resourceVersion])
  await world.clock.advance(2000)
  assert.equal(world.ended(), undefined)
  answer.resolve()
  await settle()
  await world.clock.advance(500)
  assert.equal(world.ended(), 2500)
  await world.stop()
})
