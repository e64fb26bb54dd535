import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { createInformers } from '#client/informers.ts'
import { ScriptedClient } from '#client/testing.ts'
import { settle, VirtualClock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import type { Nft } from './nft.ts'
import { type ProxyOptions, startProxy } from './proxy.ts'

/** Remembers the scripts instead of running them; fails when told to. */
class RecordedNft implements Nft {
  readonly scripts: string[] = []
  listing = ''
  failures = 0
  hold: Promise<void> = Promise.resolve()
  async apply(script: string): Promise<void> {
    await this.hold
    if (this.failures > 0) {
      this.failures--
      throw new Error('no')
    }
    this.scripts.push(script)
  }
  async list(): Promise<string> {
    return this.listing
  }
}

function setUp(more: Partial<ProxyOptions> = {}) {
  const client = new ScriptedClient()
  const clock = new VirtualClock()
  const random = seededRandom(1)
  const log = silentLog
  const informers = createInformers({ client, clock, random, log, silenceMs: Number.POSITIVE_INFINITY })
  const nft = new RecordedNft()
  const putService = (name: string, spec: object = {}) =>
    client.put(Service, {
      metadata: { name, namespace: 'default' },
      spec: { clusterIP: '10.96.0.1', ports: [{ port: 80, protocol: 'TCP' }], ...spec },
      status: {},
    })
  const putSlice = (name: string, ...addresses: string[]) => {
    const labels = { 'kubernetes.io/service-name': name }
    const metadata = { name: `${name}-1`, namespace: 'default', labels }
    return client.put(EndpointSlice, {
      metadata,
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    })
  }
  const start = () =>
    startProxy({ informers, clock, random, log, nodeName: 'n1', clusterCIDR: '10.244.0.0/16', nft, ...more })
  return { client, clock, informers, nft, putService, putSlice, start }
}

/** Lets the informers take in what was written. */
const arrived = async () => {
  for (let i = 0; i < 5; i++) await settle()
}

test('startProxy() writes the whole table first, then only what changes', async () => {
  const { nft, putService, putSlice, start, informers } = setUp()
  putService('web')
  putSlice('web', '10.244.0.1')
  const proxy = start()
  await proxy.synced
  assert.equal(nft.scripts.length, 1)
  assert.match(nft.scripts[0]!, /^add table ip pinnace\ndelete table ip pinnace\ntable ip pinnace \{/)
  assert.match(nft.scripts[0]!, /services \{ 10\.96\.0\.1 \. tcp \. 80 : goto service-tcp-masked-1 \}/)
  putSlice('web', '10.244.0.2')
  await arrived()
  await proxy.settled()
  assert.equal(
    nft.scripts[1],
    'delete element ip pinnace tcp-targets { 10.96.0.1 . 80 . 0 }\n' +
      'add element ip pinnace tcp-targets { 10.96.0.1 . 80 . 0 : 10.244.0.2 . 8080 }\n',
  )
  await proxy.stop()
  await informers.stop()
})

test('startProxy() writes nothing for a change that does not matter', async () => {
  const { nft, putService, start, informers } = setUp()
  putService('web')
  const proxy = start()
  await proxy.synced
  putService('web', { selector: { app: 'web' } })
  await arrived()
  await proxy.settled()
  assert.equal(nft.scripts.length, 1)
  await proxy.stop()
  await informers.stop()
})

test('startProxy() puts changes that arrive during a write into one next write', async () => {
  const { nft, putService, putSlice, start, informers } = setUp()
  putService('web')
  const proxy = start()
  await proxy.synced
  const hold = Promise.withResolvers<void>()
  nft.hold = hold.promise
  putSlice('web', '10.244.0.1')
  await arrived()
  putSlice('web', '10.244.0.1', '10.244.0.2')
  await arrived()
  putSlice('web', '10.244.0.1', '10.244.0.2', '10.244.0.3')
  await arrived()
  hold.resolve()
  await proxy.settled()
  // The whole table, then twice the chains and what leads to them.
  assert.equal(nft.scripts.length, 5)
  assert.match(nft.scripts[4]!, /goto service-tcp-masked-3/)
  await proxy.stop()
  await informers.stop()
})

test('startProxy() writes the whole table again after an error, with a pause', async () => {
  const { nft, putService, putSlice, start, clock, informers } = setUp()
  putService('web')
  const proxy = start()
  await proxy.synced
  nft.failures = 2
  putSlice('web', '10.244.0.1')
  await arrived()
  await settle()
  assert.equal(nft.scripts.length, 1)
  await clock.advance(1000)
  await proxy.settled()
  assert.equal(nft.scripts.length, 2)
  assert.match(nft.scripts[1]!, /^add table/)
  assert.match(nft.scripts[1]!, /10\.244\.0\.1 \. 8080/)
  await proxy.stop()
  await informers.stop()
  assert.equal(clock.pendingTimers, 0)
})

test('startProxy() takes the rules of a deleted service away', async () => {
  const { client, nft, putService, putSlice, start, informers } = setUp()
  putService('web')
  putSlice('web', '10.244.0.1')
  const proxy = start()
  await proxy.synced
  client.remove(Service, { namespace: 'default', name: 'web' })
  await arrived()
  await proxy.settled()
  assert.match(nft.scripts[1]!, /delete element ip pinnace services \{ 10\.96\.0\.1 \. tcp \. 80 \}/)
  assert.doesNotMatch(nft.scripts[1]!, /add element/)
  await proxy.stop()
  await informers.stop()
})

test('startProxy() takes clients off a target that a service with affinity lost', async () => {
  const { nft, putService, putSlice, start, informers } = setUp()
  putService('web', { sessionAffinity: 'ClientIP' })
  putSlice('web', '10.244.0.1', '10.244.0.2')
  const proxy = start()
  await proxy.synced
  nft.listing = 'elements = { 192.0.2.1 . 10.96.0.1 . 80 timeout 3h expires 2h : 10.244.0.1 . 8080 }'
  putSlice('web', '10.244.0.2')
  await arrived()
  await proxy.settled()
  assert.equal(nft.scripts.at(-1), 'delete element ip pinnace tcp-affinity { 192.0.2.1 . 10.96.0.1 . 80 }\n')
  await proxy.stop()
  await informers.stop()
})

test('stop() leaves the rules in place, and takes them away when told to', async () => {
  const { nft, start, informers } = setUp()
  const proxy = start()
  await proxy.synced
  await proxy.stop()
  assert.equal(nft.scripts.length, 1)
  const second = start()
  await second.synced
  await second.stop({ cleanup: true })
  assert.equal(nft.scripts.at(-1), 'add table ip pinnace\ndelete table ip pinnace\n')
  await informers.stop()
})

test('startProxy() keeps a table per family', async () => {
  const { nft, start, informers } = setUp({ clusterCIDR: '10.244.0.0/16,fd00:244::/56' })
  const proxy = start()
  await proxy.synced
  assert.deepEqual(nft.scripts.map((script) => script.split('\n')[0]).sort(), [
    'add table ip pinnace',
    'add table ip6 pinnace',
  ])
  await proxy.stop()
  await informers.stop()
})
