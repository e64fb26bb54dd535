import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { ReplicaSet } from '#api/apps/replica-set.ts'
import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import { ResourceQuota } from '#api/core/resource-quota.ts'
import { Service } from '#api/core/service.ts'
import { widgetKind } from '#api/custom/testing.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { kinds } from '#api/kinds.ts'
import { Quantity } from '#api/quantity.ts'
import { resourceQuota as quotaAdmission } from '#server/admission/resource-quota.ts'
import { replicaSet } from './replica-set.ts'
import { plan, resourceQuota } from './resource-quota.ts'
import { barePod, startWorld, type World } from './testing.ts'

const used = (amounts: Readonly<Record<string, string>>) =>
  new Map(Object.entries(amounts).map(([name, text]) => [name, Quantity.parse(text)]))

const plans: readonly (readonly [
  what: string,
  quota: object,
  used: Readonly<Record<string, string>>,
  expected: unknown,
])[] = [
  [
    'shows limits and use of a new quota',
    { spec: { hard: { pods: '2', cpu: '1' } } },
    { pods: '0', cpu: '0' },
    { hard: { pods: '2', cpu: '1' }, used: { cpu: '0', pods: '0' } },
  ],
  [
    'leaves a status alone that says the same in other words',
    { spec: { hard: { cpu: '1' } }, status: { hard: { cpu: '1000m' }, used: { cpu: '0.5' } } },
    { cpu: '500m' },
    undefined,
  ],
  [
    'forgets what is no longer limited',
    { spec: { hard: { cpu: '1' } }, status: { hard: { cpu: '1', pods: '1' }, used: { cpu: '0', pods: '0' } } },
    { cpu: '0' },
    { hard: { cpu: '1' }, used: { cpu: '0' } },
  ],
  [
    'keeps what was used of what nobody serves, and says nothing of what nobody ever served',
    {
      spec: { hard: { 'count/a.b': '1', 'count/c.d': '1' } },
      status: { hard: { 'count/a.b': '2' }, used: { 'count/a.b': '1' } },
    },
    {},
    { hard: { 'count/a.b': '1', 'count/c.d': '1' }, used: { 'count/a.b': '1' } },
  ],
  ['has nothing to say of a quota without limits', { spec: {}, status: {} }, {}, undefined],
]
for (const [what, quota, amounts, expected] of plans) {
  test(`plan() ${what}`, () => {
    assert.deepEqual(plan(quota as ResourceQuota, used(amounts)), expected)
  })
}

const quotaOf = (name: string, hard: object, rest: object = {}) =>
  ({ metadata: { name, namespace: 'default' }, spec: { hard, ...rest } }) as never

const usedOf = async (world: World, name = 'q'): Promise<unknown> =>
  (await world.get(ResourceQuota, name, 'default'))?.status.used

describe('the status of a quota', () => {
  let world: World | undefined
  const start = async (registry?: KindRegistry): Promise<World> => {
    const own = registry ?? new KindRegistry(kinds)
    world = await startWorld({ controllers: [resourceQuota(own)], kinds: own })
    return world
  }
  beforeEach(async () => {
    await world?.stop()
    world = undefined
  })
  after(() => world?.stop())

  test('follows pods as they come, end and go', async () => {
    const { client, settle, setStatus } = await start()
    const needs = (cpu: string) => ({
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu }, limits: { memory: '1Gi' } } }] },
    })
    await client.create(Pod, barePod('early', needs('100m')))
    await client.create(
      ResourceQuota,
      quotaOf('q', { pods: '5', 'requests.cpu': '2', 'limits.memory': '8Gi', 'count/pods': '9' }),
    )
    await settle()
    assert.deepEqual(await usedOf(world!), {
      'count/pods': '1',
      'limits.memory': '1Gi',
      pods: '1',
      'requests.cpu': '100m',
    })
    await client.create(Pod, barePod('late', needs('1')))
    await settle()
    assert.deepEqual(await usedOf(world!), {
      'count/pods': '2',
      'limits.memory': '2Gi',
      pods: '2',
      'requests.cpu': '1100m',
    })
    await setStatus(Pod, { namespace: 'default', name: 'late' }, (status) => ({ ...status, phase: 'Succeeded' }))
    await settle()
    assert.deepEqual(await usedOf(world!), {
      'count/pods': '2',
      'limits.memory': '1Gi',
      pods: '1',
      'requests.cpu': '100m',
    })
    await client.delete(Pod, { namespace: 'default', name: 'early' }, { gracePeriodSeconds: 0 })
    await settle()
    assert.deepEqual(await usedOf(world!), { 'count/pods': '1', 'limits.memory': '0', pods: '0', 'requests.cpu': '0' })
  })

  test('is written once where nothing changes', async () => {
    const { client, settle, advance, writes, setStatus } = await start()
    await client.create(ResourceQuota, quotaOf('q', { pods: '5' }))
    await client.create(Pod, barePod('p'))
    await settle()
    const before = writes.filter((write) => write.includes('resourcequotas')).length
    await setStatus(Pod, { namespace: 'default', name: 'p' }, (status) => ({ ...status, phase: 'Running' }))
    await client.create(ConfigMap, { metadata: { name: 'c', namespace: 'default' } })
    await advance(10 * 60_000)
    assert.equal(writes.filter((write) => write.includes('resourcequotas')).length, before)
  })

  test('follows its limits, and is put right when others write it', async () => {
    const { client, settle, setStatus, get } = await start()
    await client.create(ResourceQuota, quotaOf('q', { pods: '5' }))
    await settle()
    await client.patch(
      ResourceQuota,
      { namespace: 'default', name: 'q' },
      { spec: { hard: { pods: null, services: '2' } } },
      { type: 'merge' },
    )
    await client.create(Service, {
      metadata: { name: 's', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    } as never)
    await settle()
    assert.deepEqual((await get(ResourceQuota, 'q', 'default'))?.status, {
      hard: { services: '2' },
      used: { services: '1' },
    })
    await setStatus(ResourceQuota, { namespace: 'default', name: 'q' }, () => ({
      hard: { services: '9' },
      used: { services: '7' },
    }))
    await settle()
    assert.deepEqual((await get(ResourceQuota, 'q', 'default'))?.status, {
      hard: { services: '2' },
      used: { services: '1' },
    })
  })

  test('counts custom kinds from when they are served, and keeps the last count when they are not any more', async () => {
    const registry = new KindRegistry(kinds)
    const { client, settle } = await start(registry)
    const widget = widgetKind()
    await client.create(ResourceQuota, quotaOf('q', { 'count/widgets.example.com': '5' }))
    await settle()
    assert.equal(await usedOf(world!), undefined)
    registry.add(widget)
    await settle()
    assert.deepEqual(await usedOf(world!), { 'count/widgets.example.com': '0' })
    for (const name of ['a', 'b']) await client.create(widget, { metadata: { name, namespace: 'default' } } as never)
    await settle()
    assert.deepEqual(await usedOf(world!), { 'count/widgets.example.com': '2' })
    registry.remove(widget)
    await settle()
    assert.deepEqual(await usedOf(world!), { 'count/widgets.example.com': '2' })
  })

  test('lets go of a pod whose node is lost, when its time is over', async () => {
    const { client, settle, advance } = await start()
    await client.create(ResourceQuota, quotaOf('q', { pods: '5' }))
    await client.create(Pod, barePod('p', { spec: { nodeName: 'lost', containers: [{ name: 'c', image: 'i' }] } }))
    await settle()
    await client.delete(Pod, { namespace: 'default', name: 'p' })
    await settle()
    assert.deepEqual(await usedOf(world!), { pods: '1' })
    await advance(62_000)
    assert.deepEqual(await usedOf(world!), { pods: '0' })
  })

  test('counts what its scopes let it see', async () => {
    const { client, settle } = await start()
    await client.create(ResourceQuota, quotaOf('best', { pods: '5' }, { scopes: ['BestEffort'] }))
    await client.create(ResourceQuota, quotaOf('short', { pods: '5' }, { scopes: ['Terminating'] }))
    await client.create(Pod, barePod('a'))
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }]
    await client.create(Pod, barePod('b', { spec: { containers, activeDeadlineSeconds: 9 } }))
    await client.create(
      Pod,
      barePod('c', { spec: { containers: [{ name: 'c', image: 'i' }], activeDeadlineSeconds: 9 } }),
    )
    await settle()
    assert.deepEqual([await usedOf(world!, 'best'), await usedOf(world!, 'short')], [{ pods: '2' }, { pods: '2' }])
  })
})

test('a set of pods that a quota keeps from being made says so, and goes on when there is room', async () => {
  const own = new KindRegistry(kinds)
  const world = await startWorld({
    kinds: own,
    controllers: [resourceQuota(own), replicaSet],
    admission: (store) => [quotaAdmission(store)],
  })
  const { client, settle, get } = world
  await client.create(ResourceQuota, quotaOf('q', { pods: '2' }))
  await client.create(ReplicaSet, {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  } as never)
  await settle()
  const failure = (await get(ReplicaSet, 'web', 'default'))?.status.conditions?.[0]
  assert.deepEqual([failure?.type, failure?.reason], ['ReplicaFailure', 'FailedCreate'])
  assert.match(failure?.message ?? '', /exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$/)
  assert.deepEqual(await usedOf(world), { pods: '2' })
  await client.patch(
    ResourceQuota,
    { namespace: 'default', name: 'q' },
    { spec: { hard: { pods: '3' } } },
    { type: 'merge' },
  )
  await world.advance(60_000)
  assert.equal((await world.list(Pod, 'default')).length, 3)
  assert.deepEqual((await get(ReplicaSet, 'web', 'default'))?.status.conditions ?? [], [])
  await world.stop()
})
