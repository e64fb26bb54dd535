import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lease } from '#api/coordination/lease.ts'
import { VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import type { Client } from './client.ts'
import { claim, electLeader } from './leader-election.ts'
import { ScriptedClient } from './testing.ts'

const lease = (holderIdentity: string, leaseTransitions = 1): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {},
  spec: { holderIdentity, leaseDurationSeconds: 15, leaseTransitions },
})

const claims = [
  { name: 'renews its own', holder: 'me', changedMs: 0, nowMs: 99_000, want: { do: 'renew' } },
  { name: 'waits while another holds it', holder: 'you', changedMs: 1000, nowMs: 15_999, want: { do: 'wait' } },
  {
    name: 'takes one that ran out',
    holder: 'you',
    changedMs: 1000,
    nowMs: 16_000,
    want: { do: 'take', transitions: 2 },
  },
  {
    name: 'takes one that was released',
    holder: '',
    changedMs: 1000,
    nowMs: 1000,
    want: { do: 'take', transitions: 2 },
  },
]
for (const { name, holder, changedMs, nowMs, want } of claims)
  test(`claim() ${name}`, () => assert.deepEqual(claim(lease(holder), 'me', { record: '', changedMs }, nowMs), want))

function candidate(client: Client, clock: VirtualClock, identity: string) {
  const stop = new AbortController()
  const leading: boolean[] = []
  const ended = electLeader(
    {
      client,
      clock,
      random: seededRandom(identity.length),
      log: silentLog,
      namespace: 'kube-system',
      name: 'controllers',
      identity,
      signal: stop.signal,
    },
    (signal) =>
      new Promise((resolve) => {
        leading.push(true)
        signal.addEventListener('abort', () => {
          leading.push(false)
          resolve()
        })
      }),
  )
  return { stop, ended, leads: () => leading.at(-1) === true }
}

test('one leads; when it stops cleanly the other takes over within seconds', async () => {
  const client = new ScriptedClient()
  const clock = new VirtualClock()
  const a = candidate(client, clock, 'a')
  await clock.advance(10)
  const b = candidate(client, clock, 'bb')
  await clock.advance(60_000)
  assert.deepEqual([a.leads(), b.leads()], [true, false])
  a.stop.abort()
  await a.ended
  await clock.advance(3000)
  assert.equal(b.leads(), true)
  b.stop.abort()
  await b.ended
  assert.equal(clock.pendingTimers, 0)
})

test('a leader that is cut off gives up before another one can lead', async () => {
  const client = new ScriptedClient()
  const clock = new VirtualClock()
  let cut = false
  const shaky = new Proxy(client, {
    get(target, name) {
      const member = target[name as keyof ScriptedClient]
      if (typeof member !== 'function') return member
      // biome-ignore lint/suspicious/noExplicitAny: passes every call on
      return (...args: any[]) => (cut ? Promise.reject(new Error('cut off')) : (member as any).apply(target, args))
    },
  })
  const a = candidate(shaky, clock, 'a')
  const b = candidate(client, clock, 'bb')
  await clock.advance(20_000)
  assert.deepEqual([a.leads(), b.leads()], [true, false])
  cut = true
  let both = false
  for (let n = 0; n < 30; n++) {
    await clock.advance(1000)
    both ||= a.leads() && b.leads()
  }
  assert.deepEqual([a.leads(), b.leads(), both], [false, true, false])
  const held = client.objects.values().next().value as unknown as Lease
  assert.equal(held.kind, Lease.kind)
  assert.equal(held.spec.leaseTransitions, 1)
  b.stop.abort()
  await Promise.all([a.ended, b.ended])
})
