// Objects that another server keeps, under this one's address: they go with their namespace and with their owners, and
// while that server is out of reach nothing else waits for it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createInformers } from '#client/informers.ts'
import { LocalClient } from '#client/local.ts'
import { createRecorder } from '#client/recorder.ts'
import { type RunningControllers, runControllers } from '#client/runner.ts'
import { seededRandom } from '#lib/random.ts'
import {
  type AggregatedServer,
  aggregatedServer,
  flundersUrl,
  groupVersion,
  makePki,
  serviceName,
  servicesUrl,
} from '#server/aggregation/fixture.ts'
import { silentLog } from '#server/fixture.ts'
import { garbageCollector } from './garbage-collector.ts'
import { namespaceController } from './namespace.ts'

describe('what another server keeps', () => {
  let api: AggregatedServer
  let running: RunningControllers
  const stop = new AbortController()
  before(async () => {
    api = await aggregatedServer(await makePki())
    const { clock, server, aggregation } = api
    const common = { clock, random: seededRandom(3), log: silentLog, signal: stop.signal }
    const user = { name: 'system:kube-controller-manager', groups: ['system:masters'] }
    const client = new LocalClient({ handle: server.handle, user, userAgent: 'test' })
    const informers = createInformers({ ...common, client, silenceMs: Number.POSITIVE_INFINITY })
    const { kinds } = server.core
    running = runControllers([namespaceController(kinds, aggregation), garbageCollector(kinds, aggregation)], {
      ...common,
      client,
      informers,
      events: (component) => createRecorder({ ...common, client, component }),
    })
    await api.register()
  })
  after(async () => {
    stop.abort(new Error('The test is over'))
    await running.stopped
    await api.stop()
  })

  /** Watches from now on; what comes back waits until something of this name is deleted. */
  async function deletionAt(url: string, name: string): Promise<() => Promise<void>> {
    const watch = await api.watch(`${url}?watch=true`)
    return async () => {
      for (let events = await watch.next(); events; events = await watch.next())
        if (events.some(({ type, object }) => type === 'DELETED' && object.metadata.name === name)) break
      await watch.stop()
    }
  }

  async function make(url: string, object: object): Promise<{ uid: string }> {
    const { response, json } = await api.ask('POST', url, object)
    if (response.body.type !== 'stream') return json.metadata
    const chunks: Uint8Array[] = []
    for await (const batch of response.body.batches) chunks.push(...batch)
    return JSON.parse(Buffer.concat(chunks).toString()).metadata
  }

  const namespaces = '/api/v1/namespaces'
  const configMaps = '/api/v1/namespaces/default/configmaps'

  test('goes with its namespace', async () => {
    await make(namespaces, { metadata: { name: 'shop' } })
    const url = `/apis/${groupVersion}/namespaces/shop/flunders`
    await make(url, { metadata: { name: 'f' } })
    const isGone = [await deletionAt(url, 'f'), await deletionAt(namespaces, 'shop')]
    await api.ask('DELETE', `${namespaces}/shop`)
    for (const each of isGone) await each()
  })

  test('goes with its owner, and takes with it what it owns', async () => {
    const { uid } = await make(configMaps, { metadata: { name: 'owner' } })
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }
    const flunder = await make(flundersUrl, { metadata: { name: 'f', ownerReferences: [owner] } })
    const reference = { apiVersion: groupVersion, kind: 'Flunder', name: 'f', uid: flunder.uid }
    await make(configMaps, { metadata: { name: 'owned', ownerReferences: [reference] } })
    const isGone = [await deletionAt(flundersUrl, 'f'), await deletionAt(configMaps, 'owned')]
    await api.ask('DELETE', `${configMaps}/owner`, { propagationPolicy: 'Background' })
    for (const each of isGone) await each()
  })

  test('holds up a namespace while it is out of reach, and nothing else', async () => {
    await make(namespaces, { metadata: { name: 'stuck' } })
    await make(`${namespaces}/stuck/configmaps`, { metadata: { name: 'c' } })
    await api.wardle.stop()
    await api.clock.advance(30_000)
    await api.until(({ status }) => status === 'False')
    const isEmpty = await deletionAt(`${namespaces}/stuck/configmaps`, 'c')
    const watch = await api.watch(`${namespaces}?watch=true&fieldSelector=metadata.name=stuck`)
    await api.ask('DELETE', `${namespaces}/stuck`)
    await isEmpty()
    const failure = async () => {
      for (let events = await watch.next(); events; events = await watch.next()) {
        for (const { object } of events) {
          const conditions: readonly { type: string; status: string; message: string }[] =
            object.status.conditions ?? []
          const found = conditions.find(({ type }) => type === 'NamespaceDeletionDiscoveryFailure')
          if (found) return found
        }
      }
      return assert.fail()
    }
    const { status, message } = await failure()
    await watch.stop()
    assert.equal(status, 'True')
    assert.equal(
      message,
      `Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: ${groupVersion}: stale GroupVersion discovery: ${groupVersion}`,
    )
    const { uid } = await make(configMaps, { metadata: { name: 'owner2' } })
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner2', uid }
    await make(configMaps, { metadata: { name: 'owned2', ownerReferences: [owner] } })
    const isCollected = await deletionAt(configMaps, 'owned2')
    await api.ask('DELETE', `${configMaps}/owner2`, { propagationPolicy: 'Background' })
    await isCollected()

    const isGone = await deletionAt(namespaces, 'stuck')
    await api.ask('DELETE', `${servicesUrl}/${serviceName}`)
    await running.idle()
    await api.clock.advance(10_000)
    await isGone()
  })
})
