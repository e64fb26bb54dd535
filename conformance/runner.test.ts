// How a behaviour ends, whatever it does: these make no request, so that no cluster is needed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Behaviour, behaviour, type Context } from './behaviour.ts'
import type { Cluster } from './cluster.ts'
import { type Outcome, runBehaviour, runBehaviours } from './runner.ts'

const cluster: Cluster = {
  kubeconfig: '',
  url: 'https://127.0.0.1:1',
  credentials: {},
  nodes: 'simulated',
  address: '127.0.0.1',
  image: '',
  idleImage: '',
  kubectl: undefined,
  servingIdentity: () => Promise.reject(new Error('there is none')),
}

const made = (run: (t: Context) => Promise<void>, facts: Partial<Behaviour> = {}): Behaviour =>
  behaviour({ group: 'sig-cli', name: 'made', since: '1.9', clusterScoped: true, ...facts }, run)

const ended = async (behaviour: Behaviour): Promise<readonly [Outcome['result'], string]> => {
  const { result, why } = await runBehaviour(behaviour, cluster)
  return [result, why]
}

test('a behaviour that returns is ok, one that throws has failed, one that skips is skipped', async () => {
  assert.deepEqual(await ended(made(async () => {})), ['ok', ''])
  assert.deepEqual(await ended(made(async () => assert.fail('it is wrong'))), ['failed', 'it is wrong'])
  assert.deepEqual(await ended(made(async (t) => t.skip('there is no such node'))), [
    'skipped',
    'there is no such node',
  ])
  assert.deepEqual(await ended(made(async (t) => void (await t.kubectl(['version'])))), [
    'skipped',
    'there is no kubectl',
  ])
})

test('what needs containers that really run is skipped on simulated nodes, and not begun', async () => {
  let begun = false
  const needy = made(
    async () => {
      begun = true
    },
    { needs: ['pods'] },
  )
  assert.deepEqual(await ended(needy), ['skipped', 'it needs containers that really run'])
  assert.equal(begun, false)
})

test('a behaviour that does not end is given up, and cleans up', async () => {
  const cleaned: string[] = []
  const endless = made(
    async (t) => {
      t.cleanup(() => cleaned.push('first'))
      t.cleanup(() => cleaned.push('second'))
      await new Promise(() => {})
    },
    { timeoutMs: 20 },
  )
  assert.deepEqual(await ended(endless), ['failed', 'It has not ended within 0.02 s'])
  assert.deepEqual(cleaned, ['second', 'first'])
})

test('eventually() gives what it has waited for, and tells why it has not come', async () => {
  let asked = 0
  const waits = made(async (t) => {
    assert.equal(await t.eventually('the third', () => ++asked === 3 && 'three'), 'three')
    await t.eventually('nothing', () => assert.fail('not yet'), { timeoutMs: 0 })
  })
  assert.deepEqual(await ended(waits), ['failed', 'Not within 0 s: nothing: not yet'])
  assert.equal(asked, 3)
})

test('behaviours run so many at a time, and serial ones alone in the end', async () => {
  const running = { now: 0, most: 0 }
  const order: string[] = []
  const counted = (name: string, serial: boolean) =>
    made(
      async (t) => {
        running.most = Math.max(running.most, ++running.now)
        await t.clock.sleep(1)
        running.now--
        order.push(name)
      },
      { name, ...(serial ? { serial } : {}) },
    )
  const all = [counted('alone', true), ...['a', 'b', 'c', 'd', 'e'].map((name) => counted(name, false))]
  const told: string[] = []
  await runBehaviours(all, cluster, { parallel: 2, onOutcome: ({ name }) => told.push(name) })
  assert.equal(running.most, 2)
  assert.equal(order.at(-1), 'alone')
  assert.deepEqual(told.sort(), ['a', 'alone', 'b', 'c', 'd', 'e'])
})
