import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lease } from '#api/coordination/lease.ts'
import { Node } from '#api/core/node.ts'
import { formatMicroTime } from '#lib/clock.ts'
import { nodeLabels, nodeResources } from './node-status.ts'
import { settleAll, startTestNode, type TestNode, testSettings } from './testing.ts'

const nodeOf = (world: TestNode) => world.client.get(Node, { name: 'n1' })
const ready = async (world: TestNode) => (await nodeOf(world)).status?.conditions?.find((c) => c.type === 'Ready')
const lease = (world: TestNode) => world.client.get(Lease, { namespace: 'kube-node-lease', name: 'n1' })

test('a node registers itself with what it is and has', async () => {
  const world = await startTestNode({
    settings: { labels: { zone: 'a' }, taints: [{ key: 'k', effect: 'NoSchedule' }] },
  })
  await settleAll()
  const node = await nodeOf(world)
  assert.deepEqual(node.metadata.labels, {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': 'n1',
    'kubernetes.io/os': 'linux',
    zone: 'a',
  })
  assert.deepEqual(node.spec?.taints, [{ key: 'k', effect: 'NoSchedule' }])
  assert.deepEqual(node.status?.addresses, [
    { type: 'InternalIP', address: '192.168.0.1' },
    { type: 'Hostname', address: 'n1' },
  ])
  assert.equal(node.status?.daemonEndpoints?.kubeletEndpoint?.Port, 10250)
  assert.equal(node.status?.nodeInfo?.containerRuntimeVersion, 'simulated://1.0.0')
  assert.match(node.status?.nodeInfo?.kubeletVersion ?? '', /^v1\.37\.\d+\+pinnace$/)
  assert.deepEqual(
    node.status?.conditions?.map((c) => [c.type, c.status, c.reason]),
    [
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
      ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
      ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
      ['Ready', 'True', 'KubeletReady'],
    ],
  )
  await world.stop()
})

test('a node renews its lease every ten seconds, and writes its status only every five minutes', async () => {
  const world = await startTestNode()
  await settleAll()
  const first = await nodeOf(world)
  assert.equal((await lease(world)).spec?.leaseDurationSeconds, 40)
  await world.clock.advance(30_000)
  await settleAll()
  assert.equal((await lease(world)).spec?.renewTime, formatMicroTime(world.clock.now()))
  assert.equal((await nodeOf(world)).metadata.resourceVersion, first.metadata.resourceVersion)
  await world.clock.advance(300_000)
  await settleAll()
  assert.notEqual((await nodeOf(world)).metadata.resourceVersion, first.metadata.resourceVersion)
  await world.stop()
})

test('a node whose runtime is not ready says so, and soon when it is again', async () => {
  const world = await startTestNode()
  await settleAll()
  world.runtime.setNotReady(['container runtime network not ready: cni plugin not initialized'])
  await world.clock.advance(10_000)
  await settleAll()
  assert.deepEqual(
    [(await ready(world))?.status, (await ready(world))?.reason, (await ready(world))?.message],
    ['False', 'KubeletNotReady', 'container runtime network not ready: cni plugin not initialized'],
  )
  const since = (await ready(world))?.lastTransitionTime
  world.runtime.setNotReady([])
  await world.clock.advance(1000)
  await settleAll()
  assert.equal((await ready(world))?.status, 'True')
  assert.notEqual((await ready(world))?.lastTransitionTime, since)
  await world.stop()
})

test('a node that was there before is taken over, with its labels corrected', async () => {
  const world = await startTestNode()
  await settleAll()
  const node = await nodeOf(world)
  await world.client.update(Node, { ...node, metadata: { ...node.metadata, labels: { mine: 'kept' } } })
  await world.restart()
  const { labels } = (await nodeOf(world)).metadata
  assert.equal(labels?.mine, 'kept')
  assert.equal(labels?.['kubernetes.io/hostname'], 'n1')
  assert.equal((await nodeOf(world)).metadata.uid, node.metadata.uid)
  await world.stop()
})

test('a node that was deleted comes back', async () => {
  const world = await startTestNode()
  await settleAll()
  await world.client.delete(Node, { name: 'n1' })
  await world.clock.advance(310_000)
  await settleAll()
  assert.equal((await ready(world))?.status, 'True')
  await world.stop()
})

test('nodeResources() keeps a part for the node itself', () => {
  const settings = {
    ...testSettings,
    capacity: { milliCpu: 1500, memoryBytes: 2 ** 30, ephemeralStorageBytes: 1000 * 1024, pods: 10 },
  }
  assert.deepEqual(nodeResources(settings), {
    capacity: { cpu: '1500m', pods: '10', memory: '1048576Ki', 'ephemeral-storage': '1000Ki' },
    allocatable: { cpu: '1500m', pods: '10', memory: '946176Ki', 'ephemeral-storage': '921600' },
  })
  assert.equal(nodeLabels('n2', { ...settings, hostname: '' })['kubernetes.io/hostname'], 'n2')
})
