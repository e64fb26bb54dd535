import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Node } from '#api/core/node.ts'
import { createInformers } from '#client/informers.ts'
import { ScriptedClient } from '#client/testing.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import type { KubeletAddress } from '#server/connect/kubelet.ts'
import { peersSettled } from './peers.ts'

const nodeOf = (name: string, host: string, ready: string) => ({
  metadata: { name },
  status: {
    addresses: [{ type: 'InternalIP', address: host }],
    conditions: [{ type: 'Ready', status: ready }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
  },
})

async function setUp(answers: (host: string) => Promise<void>) {
  const client = new ScriptedClient()
  client.put(Node, nodeOf('n1', '10.0.0.1', 'True'))
  client.put(Node, nodeOf('n2', '10.0.0.2', 'True'))
  client.put(Node, nodeOf('dead', '10.0.0.3', 'Unknown'))
  const clock = new VirtualClock()
  const informers = createInformers({ client, clock, random: seededRandom(1), log: silentLog })
  const nodes = informers.of(Node)
  await nodes.synced
  const asked: string[] = []
  const kubelets = {
    ask: async ({ host }: KubeletAddress, { path }: { path: string }) => {
      asked.push(`${host} ${path}`)
      await answers(host)
      return { status: 200, headers: {}, body: (async function* () {})() }
    },
    connect: () => assert.fail('nothing is upgraded'),
    tunnel: () => assert.fail('nothing is tunnelled'),
    close: () => undefined,
  }
  const here: string[] = []
  const settledHere = async (version: string) => void here.push(version)
  const settled = peersSettled({ nodes, nodeName: 'n1', clock, kubelets: () => kubelets, settledHere })
  return { clock, asked, here, settled, stop: () => informers.stop() }
}

test('every other node that is ready is asked, and this one directly', async () => {
  const world = await setUp(async () => {})
  await world.settled('42', new AbortController().signal)
  assert.deepEqual(world.asked, ['10.0.0.2 /proxySettled?resourceVersion=42'])
  assert.deepEqual(world.here, ['42'])
  await world.stop()
})

test('a node that does not answer is not waited for longer than three seconds, one that refuses not at all', async () => {
  const silent = await setUp(() => new Promise(() => {}))
  let ended = false
  const waiting = silent.settled('7', new AbortController().signal).then(() => {
    ended = true
  })
  await settle()
  assert.equal(ended, false)
  await silent.clock.advance(3000)
  await waiting
  assert.equal(ended, true)
  await silent.stop()
  const refusing = await setUp(() => Promise.reject(new Error('refused')))
  await refusing.settled('7', new AbortController().signal)
  await refusing.stop()
})

test('the end of the grace ends the wait', async () => {
  const world = await setUp(() => new Promise(() => {}))
  const grace = new AbortController()
  const waiting = world.settled('7', grace.signal)
  grace.abort()
  await waiting
  await world.stop()
})
