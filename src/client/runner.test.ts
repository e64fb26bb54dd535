import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { Secret } from '#api/core/secret.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import { type Controller, controller } from './controller.ts'
import { createInformers } from './informers.ts'
import { runControllers } from './runner.ts'
import { ScriptedClient } from './testing.ts'

function world(...controllers: Controller[]) {
  const client = new ScriptedClient()
  const clock = new VirtualClock()
  const random = seededRandom(1)
  const informers = createInformers({ client, clock, random, log: silentLog, silenceMs: Number.POSITIVE_INFINITY })
  const stop = new AbortController()
  const events = () => ({ record() {} })
  const runner = runControllers(controllers, {
    client,
    informers,
    events,
    clock,
    random,
    log: silentLog,
    signal: stop.signal,
  })
  const end = async () => {
    stop.abort()
    await runner.stopped
    await informers.stop()
    assert.equal(clock.pendingTimers, 0)
  }
  const add = (name: string, owner?: { kind: string; name: string }) =>
    client.put(ConfigMap, {
      metadata: {
        name,
        namespace: 'a',
        ...(owner ? { ownerReferences: [{ ...owner, apiVersion: 'v1', uid: 'u', controller: true }] } : {}),
      },
    })
  return { client, clock, runner, end, add }
}

test('a change of an object enqueues its own key; changes while it is worked on make one more run', async () => {
  const runs: string[] = []
  const { runner, end, add } = world(
    controller({ name: 'c', reconciles: ConfigMap, reconcile: async ({ name }) => void runs.push(name) }),
  )
  add('one')
  await runner.idle()
  for (let n = 0; n < 10; n++) add('two')
  await settle()
  await runner.idle()
  assert.deepEqual(runs, ['one', 'two', 'two'])
  await end()
})

test('an owned object wakes its controlling owner of the reconciled kind only', async () => {
  const runs: string[] = []
  const { runner, end, add } = world(
    controller({
      name: 'c',
      reconciles: Secret,
      owns: [ConfigMap],
      reconcile: async ({ name }) => void runs.push(name),
    }),
  )
  add('one', { kind: 'Secret', name: 'owner' })
  add('two', { kind: 'Pod', name: 'other' })
  add('three')
  await runner.idle()
  assert.deepEqual(runs, ['owner'])
  await end()
})

test('a key that fails comes again with back-off, and others are not kept', async () => {
  const runs: string[] = []
  const { clock, runner, end, add } = world(
    controller({
      name: 'c',
      reconciles: ConfigMap,
      async reconcile({ name }) {
        runs.push(name)
        if (name === 'bad' && runs.length < 4) throw new Error('not yet')
      },
    }),
  )
  add('bad')
  add('good')
  await runner.idle()
  assert.deepEqual(runs, ['bad', 'good'])
  await clock.advance(5)
  assert.deepEqual(runs, ['bad', 'good', 'bad'])
  await clock.advance(10)
  assert.deepEqual(runs, ['bad', 'good', 'bad', 'bad'])
  assert.equal(runner.metrics()[0]?.failures, 2)
  await end()
})

test('a key that is woken while it writes runs again only with its writes in sight', async () => {
  const runs: number[] = []
  let rounds = 4
  const { runner, end, add } = world(
    controller({
      name: 'c',
      reconciles: ConfigMap,
      reads: [Secret],
      async reconcile(_key, { client, informers }) {
        const have = informers.of(Secret).list().length
        runs.push(have)
        if (--rounds === 0) return
        add('one')
        await settle()
        await client.create(Secret, { metadata: { namespace: 'a', name: `s${have}` } })
      },
    }),
  )
  add('one')
  await runner.idle()
  assert.deepEqual(runs, [0, 1, 2, 3])
  await end()
})

test('own writes that a watch holds back keep the key waiting, but no other', async () => {
  const runs: string[] = []
  const { client, clock, runner, end, add } = world(
    controller({
      name: 'c',
      reconciles: ConfigMap,
      reads: [Secret],
      async reconcile({ name }, { client: own, informers }) {
        runs.push(`${name} ${informers.of(Secret).list().length}`)
        if (runs.length > 1) return
        client.muted = true
        await own.create(Secret, { metadata: { namespace: 'a', name: 's' } })
        client.muted = false
      },
    }),
  )
  add('writer')
  await settle()
  await settle()
  add('writer')
  add('other')
  await settle()
  assert.deepEqual(runs, ['writer 0', 'other 0'])
  client.breakWatches()
  await clock.advance(1000)
  await runner.idle()
  assert.deepEqual(runs, ['writer 0', 'other 0', 'writer 1'])
  await end()
})

test('a deletion is waited for as any other write', async () => {
  const runs: string[] = []
  const { client, runner, end, add } = world(
    controller({
      name: 'c',
      reconciles: ConfigMap,
      async reconcile({ namespace, name }, { client: own, informers }) {
        const there = informers.of(ConfigMap).get(namespace, name)
        runs.push(there ? 'there' : 'gone')
        if (there) await own.delete(ConfigMap, { namespace, name })
      },
    }),
  )
  add('one')
  await runner.idle()
  await settle()
  await runner.idle()
  assert.deepEqual(runs, ['there', 'gone'])
  assert.equal(client.calls.filter((call) => call.startsWith('delete')).length, 1)
  await end()
})

test('againAfterMs and enqueue bring a key back later', async () => {
  const runs: string[] = []
  const { clock, runner, end, add } = world(
    controller({
      name: 'c',
      reconciles: ConfigMap,
      start: ({ enqueue }) => enqueue({ name: 'late' }, 5000),
      async reconcile({ name }) {
        runs.push(name)
        if (name === 'one' && runs.length === 1) return { againAfterMs: 1000 }
        return
      },
    }),
  )
  add('one')
  await runner.idle()
  await clock.advance(999)
  assert.deepEqual(runs, ['one'])
  await clock.advance(1)
  assert.deepEqual(runs, ['one', 'one'])
  await clock.advance(5000)
  assert.deepEqual(runs, ['one', 'one', 'late'])
  await end()
})

test('stopping waits for what is being worked on, and drops what waits', async () => {
  const runs: string[] = []
  const gate = Promise.withResolvers<void>()
  const { client, end, add } = world(
    controller({
      name: 'c',
      reconciles: ConfigMap,
      concurrency: 1,
      async reconcile({ name }) {
        await gate.promise
        runs.push(name)
      },
    }),
  )
  add('one')
  add('two')
  await settle()
  const ended = end()
  await settle()
  assert.deepEqual(runs, [])
  gate.resolve()
  await ended
  assert.deepEqual(runs, ['one'])
  assert.equal(client.watches.size, 0)
})
