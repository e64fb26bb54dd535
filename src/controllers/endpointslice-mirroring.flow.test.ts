// Slices follow Endpoints that are written by hand, against the real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Endpoints } from '#api/core/endpoints.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { startWorld, type World } from './testing.ts'

const named = { namespace: 'default', name: 'db' }

const write = async (world: World, ip: string, port: number, metadata: object = {}): Promise<void> => {
  const subsets = [{ addresses: [{ ip }], ports: [{ port, protocol: 'TCP' }] }]
  const current = await world.get(Endpoints, 'db', 'default')
  if (current) await world.client.update(Endpoints, { ...current, subsets } as Endpoints)
  else await world.client.create(Endpoints, { metadata: { ...named, ...metadata }, subsets } as Endpoints)
  await world.settle()
}

async function start(selector?: Record<string, string>): Promise<World> {
  const world = await startWorld()
  await world.client.create(Service, {
    metadata: named,
    spec: { ...(selector ? { selector } : {}), clusterIP: '10.96.0.20', ports: [{ port: 80, protocol: 'TCP' }] },
  })
  await world.settle()
  return world
}

const shown = async (world: World): Promise<string[]> =>
  (await world.list(EndpointSlice, 'default')).flatMap(({ endpoints, ports }) =>
    endpoints.flatMap(({ addresses }) => `${addresses}:${ports?.[0]?.port}`),
  )

test('a slice comes, changes and goes with the Endpoints', async () => {
  const world = await start()
  await write(world, '10.1.2.3', 8090)
  assert.deepEqual(await shown(world), ['10.1.2.3:8090'])
  const [before] = await world.list(EndpointSlice, 'default')
  await write(world, '10.2.3.4', 9999)
  assert.deepEqual(await shown(world), ['10.2.3.4:9999'])
  const [after] = await world.list(EndpointSlice, 'default')
  assert.equal(after?.metadata.uid, before?.metadata.uid)
  await world.client.delete(Endpoints, named)
  await world.settle()
  assert.deepEqual(await world.list(EndpointSlice, 'default'), [])
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('a mirror that somebody bends or deletes comes back', async () => {
  const world = await start()
  await write(world, '10.1.2.3', 8090)
  const ref = async () => ({ ...named, name: (await world.list(EndpointSlice, 'default'))[0]?.metadata.name ?? '' })
  await world.client.patch(EndpointSlice, await ref(), { endpoints: [] }, { type: 'merge' })
  await world.settle()
  assert.deepEqual(await shown(world), ['10.1.2.3:8090'])
  await world.client.delete(EndpointSlice, await ref())
  await world.settle()
  assert.deepEqual(await shown(world), ['10.1.2.3:8090'])
  await world.stop()
})

test('without a Service nothing is mirrored, until it comes; with its selector the mirror goes', async () => {
  const world = await startWorld()
  await write(world, '10.1.2.3', 8090)
  assert.deepEqual(await world.list(EndpointSlice, 'default'), [])
  await world.client.create(Service, {
    metadata: named,
    spec: { clusterIP: '10.96.0.20', ports: [{ port: 80, protocol: 'TCP' }] },
  })
  await world.settle()
  assert.deepEqual(await shown(world), ['10.1.2.3:8090'])
  await world.client.patch(Service, named, { spec: { selector: { app: 'db' } } }, { type: 'merge' })
  await world.settle()
  const slices = await world.list(EndpointSlice, 'default')
  assert.deepEqual(
    slices.map(({ metadata }) => metadata.labels?.['endpointslice.kubernetes.io/managed-by']),
    ['endpointslice-controller.k8s.io'],
  )
  await world.stop()
})

test('Endpoints that a selector makes, and those that say so, have no mirror', async () => {
  const selecting = await start({ app: 'db' })
  assert.equal((await selecting.list(EndpointSlice, 'default')).length, 1)
  await selecting.stop()
  const world = await start()
  await write(world, '10.1.2.3', 8090, { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } })
  assert.deepEqual(await world.list(EndpointSlice, 'default'), [])
  await world.stop()
})
