// A node dies, its pods go elsewhere; it comes back, or is deleted: against the real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deployment } from '#api/apps/deployment.ts'
import { Lease } from '#api/coordination/lease.ts'
import { Namespace } from '#api/core/namespace.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { Service } from '#api/core/service.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { formatMicroTime, formatTime } from '#lib/clock.ts'
import { barePod, isNodeReady, startWorld, type World } from './testing.ts'

const lease = (world: World, name: string) => ({
  metadata: { namespace: 'kube-node-lease', name },
  spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: formatMicroTime(world.clock.now()) },
})

async function start(...nodes: string[]): Promise<World> {
  const world = await startWorld({ nodeGraceMs: 50_000 })
  await world.client.create(Namespace, { metadata: { name: 'kube-node-lease' } })
  for (const name of nodes) {
    await world.node(name)
    await world.client.create(Lease, lease(world, name))
  }
  await world.settle()
  return world
}

const renew = (world: World, name: string) =>
  world.client.patch(
    Lease,
    { namespace: 'kube-node-lease', name },
    { spec: lease(world, name).spec },
    { type: 'merge' },
  )

/** Time passes; these nodes renew their leases every ten seconds. */
async function beat(world: World, seconds: number, ...alive: string[]): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 10) {
    await world.advance(10_000)
    for (const name of alive) await renew(world, name)
  }
  await world.settle()
}

const taints = async (world: World, name: string) =>
  ((await world.get(Node, name))?.spec.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`)
const ready = async (world: World, name: string) => isNodeReady(await world.get(Node, name))

async function pod(world: World, name: string, node: string, spec: object = {}): Promise<void> {
  await world.client.create(Pod, barePod(name, { metadata: { labels: { app: 'web' } }, spec }))
  await world.ready((await world.get(Pod, name, 'default'))!, node)
  await world.settle()
}

test('leases alone keep nodes ready, and nothing is written', async () => {
  const world = await start('n1', 'n2')
  const before = world.writes.length
  await beat(world, 300, 'n1', 'n2')
  assert.deepEqual(
    world.writes.slice(before).filter((write) => !write.includes('/leases/')),
    [],
  )
  assert.deepEqual(await taints(world, 'n1'), [])
  await world.stop()
})

test('a node that falls silent is Unknown after its grace, and its pods are not ready any more', async () => {
  const world = await start('n1', 'n2', 'n3')
  await pod(world, 'p', 'n1')
  const spec = { selector: { app: 'web' }, clusterIP: '10.96.0.9', ports: [{ port: 80 }] }
  await world.client.create(Service, { metadata: { name: 'web', namespace: 'default' }, spec })
  await beat(world, 50, 'n2', 'n3')
  assert.equal(await ready(world, 'n1'), 'True')
  await beat(world, 10, 'n2', 'n3')
  assert.equal(await ready(world, 'n1'), 'Unknown')
  assert.deepEqual(await taints(world, 'n1'), ['unreachable:NoSchedule', 'unreachable:NoExecute'])
  const condition = (await world.get(Pod, 'p', 'default'))?.status.conditions?.find(({ type }) => type === 'Ready')
  assert.equal(condition?.status, 'False')
  const [slice] = await world.list(EndpointSlice, 'default')
  assert.equal(slice?.endpoints[0]?.conditions.ready, false)
  const events = await world.events()
  assert.ok(events.includes('NodeNotReady: Node n1 status is now: NodeNotReady'), events.join('\n'))
  assert.deepEqual(await taints(world, 'n2'), [])
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('pods leave a dead node when they tolerate it no longer, and come up elsewhere', async () => {
  const world = await start('n1', 'n2', 'n3')
  const unreachable = {
    key: 'node.kubernetes.io/unreachable',
    operator: 'Exists' as const,
    effect: 'NoExecute' as const,
  }
  await world.client.create(Deployment, {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'x' }], tolerations: [{ ...unreachable, tolerationSeconds: 300 }] },
      },
    },
  })
  await world.settle()
  const [first] = await world.list(Pod, 'default')
  await world.ready(first!, 'n1')
  await pod(world, 'stays', 'n1', { tolerations: [unreachable] })
  await beat(world, 60, 'n2', 'n3')
  assert.equal((await world.get(Pod, first?.metadata.name ?? '', 'default'))?.metadata.deletionTimestamp, undefined)
  await beat(world, 310, 'n2', 'n3')
  const gone = await world.get(Pod, first?.metadata.name ?? '', 'default')
  assert.ok(gone?.metadata.deletionTimestamp, 'it is marked; only its node can end it')
  const target = gone?.status.conditions?.find(({ type }) => type === 'DisruptionTarget')
  assert.deepEqual(
    [target?.status, target?.reason, target?.message],
    ['True', 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint'],
  )
  const live = (await world.list(Pod, 'default')).filter(({ metadata }) => !metadata.deletionTimestamp)
  assert.deepEqual(
    live.map(({ metadata }) => metadata.name === 'stays'),
    live.length === 2 ? live.map(({ metadata }) => metadata.name === 'stays') : [],
  )
  assert.equal(live.length, 2)
  await world.stop()
})

test('a node that comes back in time keeps its pods', async () => {
  const world = await start('n1', 'n2', 'n3')
  const tolerations = [
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ]
  await pod(world, 'p', 'n1', { tolerations })
  await beat(world, 120, 'n2', 'n3')
  assert.equal(await ready(world, 'n1'), 'Unknown')
  await world.setStatus(Node, { name: 'n1' }, (status) => ({
    ...status,
    conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: formatTime(world.clock.now()) }],
  }))
  await beat(world, 400, 'n1', 'n2', 'n3')
  assert.deepEqual([await ready(world, 'n1'), await taints(world, 'n1')], ['True', []])
  assert.equal((await world.get(Pod, 'p', 'default'))?.metadata.deletionTimestamp, undefined)
  assert.ok((await world.events()).includes('TaintManagerEviction: Cancelling deletion of Pod default/p'))
  await world.stop()
})

test('when every node is silent no pod is driven out', async () => {
  const world = await start('n1', 'n2', 'n3')
  await pod(world, 'p', 'n1')
  await beat(world, 600)
  assert.equal(await ready(world, 'n1'), 'Unknown')
  for (const name of ['n1', 'n2', 'n3']) assert.deepEqual(await taints(world, name), ['unreachable:NoSchedule'])
  assert.equal((await world.get(Pod, 'p', 'default'))?.metadata.deletionTimestamp, undefined)
  await world.stop()
})

test('a taint that a user sets drives out what does not tolerate it, at once or after its time', async () => {
  const world = await start('n1', 'n2')
  await pod(world, 'now', 'n1')
  await pod(world, 'later', 'n1', {
    tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }],
  })
  await pod(world, 'never', 'n1', { tolerations: [{ operator: 'Exists' }] })
  await pod(world, 'elsewhere', 'n2')
  const spec = { taints: [{ key: 'maintenance', value: 'yes', effect: 'NoExecute' }] }
  await world.client.patch(Node, { name: 'n1' }, { spec }, { type: 'merge' })
  await world.settle()
  const leaving = async () =>
    (await world.list(Pod, 'default'))
      .filter(({ metadata }) => metadata.deletionTimestamp)
      .map(({ metadata }) => metadata.name)
  assert.deepEqual(await leaving(), ['now'])
  await beat(world, 50, 'n1', 'n2')
  assert.deepEqual(await leaving(), ['now'])
  await beat(world, 20, 'n1', 'n2')
  assert.deepEqual(await leaving(), ['later', 'now'])
  await world.stop()
})

test('pods of a node that is deleted are failed and taken away', async () => {
  const world = await start('n1', 'n2')
  await pod(world, 'p', 'n1')
  await pod(world, 'q', 'n2')
  await world.client.delete(Node, { name: 'n1' })
  await beat(world, 30, 'n2')
  assert.ok(await world.get(Pod, 'p', 'default'), 'the node may be registering anew')
  await beat(world, 20, 'n2')
  assert.equal(await world.get(Pod, 'p', 'default'), undefined)
  assert.ok(await world.get(Pod, 'q', 'default'))
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('a node that is out of service lets its terminating pods go', async () => {
  const world = await start('n1', 'n2', 'n3')
  await pod(world, 'p', 'n1')
  await world.client.delete(Pod, { namespace: 'default', name: 'p' })
  await beat(world, 60, 'n2', 'n3')
  assert.ok(await world.get(Pod, 'p', 'default'))
  const { taints: old } = (await world.get(Node, 'n1'))!.spec
  const spec = { taints: [...(old ?? []), { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] }
  await world.client.patch(Node, { name: 'n1' }, { spec }, { type: 'merge' })
  await world.settle()
  assert.equal(await world.get(Pod, 'p', 'default'), undefined)
  await world.stop()
})

test('each node gets a range of pod addresses of its own', async () => {
  const world = await start('n1', 'n2')
  await world.client.delete(Node, { name: 'n1' })
  await world.settle()
  await world.node('n3')
  const ranges = (await world.list(Node)).map(({ spec }) => [spec.podCIDR, spec.podCIDRs])
  assert.deepEqual(ranges, [
    ['10.244.1.0/24', ['10.244.1.0/24']],
    ['10.244.2.0/24', ['10.244.2.0/24']],
  ])
  await world.stop()
})
