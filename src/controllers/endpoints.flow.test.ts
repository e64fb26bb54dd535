// Endpoints and EndpointSlices follow the pods behind a Service, against the real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Endpoints } from '#api/core/endpoints.ts'
import { Pod } from '#api/core/pod.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { barePod, startWorld, type World } from './testing.ts'

async function start(): Promise<World> {
  const world = await startWorld()
  await world.node('n1')
  await world.client.create(Service, {
    metadata: { name: 'web', namespace: 'default', labels: { team: 'red' } },
    spec: {
      selector: { app: 'web' },
      clusterIP: '10.96.0.20',
      ports: [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }],
    },
  })
  await world.settle()
  return world
}

const addPod = async (world: World, name: string, port = 8000) => {
  const containers = [{ name: 'main', image: 'x', ports: [{ name: 'web', containerPort: port }] }]
  await world.client.create(Pod, barePod(name, { metadata: { labels: { app: 'web' } }, spec: { containers } }))
  await world.ready((await world.get(Pod, name, 'default'))!)
  await world.settle()
}

/** `port: pod ready serving terminating`. */
async function shown(world: World): Promise<string[]> {
  const slices = await world.list(EndpointSlice, 'default')
  return slices
    .flatMap(({ ports, endpoints }) =>
      endpoints.map(({ targetRef, conditions: { ready, serving, terminating } }) =>
        [`${ports[0]?.port}:`, targetRef?.name, ready && 'ready', serving && 'serving', terminating && 'terminating']
          .filter(Boolean)
          .join(' '),
      ),
    )
    .sort()
}

const notReady = (world: World, name: string) =>
  world.setStatus(Pod, { namespace: 'default', name }, (status) => ({
    ...status,
    conditions: [{ type: 'Ready', status: 'False' }],
  }))

test('a Service without pods has one empty slice, labelled as upstream labels it', async () => {
  const world = await start()
  const [slice, ...others] = await world.list(EndpointSlice, 'default')
  const service = await world.get(Service, 'web', 'default')
  assert.equal(others.length, 0)
  assert.match(slice?.metadata.name ?? '', /^web-[a-z0-9]{5}$/)
  assert.deepEqual(slice?.metadata.labels, {
    team: 'red',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  })
  assert.equal(slice?.metadata.ownerReferences?.[0]?.uid, service?.metadata.uid)
  assert.deepEqual(
    [slice?.addressType, slice?.endpoints, (await world.get(Endpoints, 'web', 'default'))?.subsets],
    ['IPv4', [], undefined],
  )
  await world.stop()
})

test('pods come, become unready, are deleted and go, and both kinds show it', async () => {
  const world = await start()
  await addPod(world, 'a')
  await addPod(world, 'b')
  assert.deepEqual(await shown(world), ['8000: a ready serving', '8000: b ready serving'])
  await notReady(world, 'b')
  await world.settle()
  assert.deepEqual(await shown(world), ['8000: a ready serving', '8000: b'])
  const endpoints = await world.get(Endpoints, 'web', 'default')
  const [subset] = endpoints?.subsets ?? []
  assert.deepEqual(
    [
      subset?.addresses?.map(({ targetRef }) => targetRef?.name),
      subset?.notReadyAddresses?.map(({ targetRef }) => targetRef?.name),
    ],
    [['a'], ['b']],
  )
  assert.deepEqual(subset?.ports, [{ name: 'http', port: 8000, protocol: 'TCP' }])
  await world.client.delete(Pod, { namespace: 'default', name: 'a' })
  await world.settle()
  assert.deepEqual(await shown(world), ['8000: a serving terminating', '8000: b'])
  await world.client.delete(Pod, { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
  await world.settle()
  assert.deepEqual(await shown(world), ['8000: b'])
  assert.equal((await world.list(EndpointSlice, 'default')).length, 1)
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('changes of a pod that endpoints do not show write nothing', async () => {
  const world = await start()
  await addPod(world, 'a')
  const before = world.writes.length
  await world.setStatus(Pod, { namespace: 'default', name: 'a' }, (status) => ({ ...status, message: 'hello' }))
  await world.settle()
  assert.equal(world.writes.length, before + 1)
  await world.stop()
})

test('pods whose named port differs are in slices of their own', async () => {
  const world = await start()
  await addPod(world, 'a', 8000)
  await addPod(world, 'b', 9000)
  assert.deepEqual(await shown(world), ['8000: a ready serving', '9000: b ready serving'])
  assert.equal((await world.list(EndpointSlice, 'default')).length, 2)
  assert.equal((await world.get(Endpoints, 'web', 'default'))?.subsets?.length, 2)
  await world.stop()
})

test('deleting a Service takes its slices and its Endpoints with it', async () => {
  const world = await start()
  await addPod(world, 'a')
  await world.client.delete(Service, { namespace: 'default', name: 'web' })
  await world.settle()
  assert.deepEqual([await world.list(EndpointSlice), await world.list(Endpoints)], [[], []])
  await world.stop()
})

test('a slice that somebody deletes or bends comes back right', async () => {
  const world = await start()
  await addPod(world, 'a')
  const [slice] = await world.list(EndpointSlice, 'default')
  await world.client.delete(EndpointSlice, { namespace: 'default', name: slice?.metadata.name ?? '' })
  await world.settle()
  assert.deepEqual(await shown(world), ['8000: a ready serving'])
  const [next] = await world.list(EndpointSlice, 'default')
  const ref = { namespace: 'default', name: next?.metadata.name ?? '' }
  await world.client.patch(EndpointSlice, ref, { endpoints: [] }, { type: 'merge' })
  await world.settle()
  assert.deepEqual(await shown(world), ['8000: a ready serving'])
  await world.stop()
})
