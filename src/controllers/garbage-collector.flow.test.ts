// The garbage collector's three ways of deleting, and what is special, against the real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { Namespace } from '#api/core/namespace.ts'
import type { ApiObject } from '#api/kind.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { kinds } from '#api/kinds.ts'
import { garbageCollector } from './garbage-collector.ts'
import { startWorld, type World } from './testing.ts'

async function start(): Promise<World> {
  const registry = new KindRegistry(kinds)
  return startWorld({ kinds: registry, controllers: [garbageCollector(registry)] })
}

interface MapOptions {
  readonly owners?: readonly ApiObject[]
  readonly namespace?: string
  readonly block?: boolean
  readonly finalizers?: readonly string[]
}

const put = (
  world: World,
  name: string,
  { owners = [], namespace = 'default', block = true, finalizers = [] }: MapOptions = {},
) =>
  world.client.create(ConfigMap, {
    metadata: { name, namespace, finalizers, ownerReferences: owners.map((owner) => owned(owner, block)) },
  })

const owned = ({ apiVersion, kind, metadata }: ApiObject, blockOwnerDeletion: boolean) => ({
  apiVersion,
  kind,
  name: metadata.name ?? '',
  uid: metadata.uid ?? '',
  blockOwnerDeletion,
})

const names = async (world: World, namespace?: string) =>
  (await world.list(ConfigMap, namespace)).map(({ metadata }) => metadata.name).sort()

const remove = (world: World, name: string, propagationPolicy: 'Background' | 'Foreground' | 'Orphan') =>
  world.client.delete(ConfigMap, { namespace: 'default', name }, { propagationPolicy })

test('in the background the owner goes first, and all that depends on it after it', async () => {
  const world = await start()
  const root = await put(world, 'root')
  const child = await put(world, 'child', { owners: [root] })
  await put(world, 'grandchild', { owners: [child] })
  await put(world, 'other')
  await world.settle()
  await remove(world, 'root', 'Background')
  await world.settle()
  assert.deepEqual(await names(world), ['other'])
  assert.deepEqual(world.complaints, [])
  await world.stop()
})

test('in the foreground the owner waits until its dependents have gone', async () => {
  const world = await start()
  const root = await put(world, 'root')
  await put(world, 'held', { owners: [root], finalizers: ['example.com/hold'] })
  await put(world, 'free', { owners: [root] })
  await world.settle()
  await remove(world, 'root', 'Foreground')
  await world.settle()
  assert.deepEqual(await names(world), ['held', 'root'])
  const ref = { namespace: 'default', name: 'held' }
  await world.client.patch(ConfigMap, ref, { metadata: { finalizers: null } }, { type: 'merge' })
  await world.settle()
  assert.deepEqual(await names(world), [])
  await world.stop()
})

test('in the foreground the owner does not wait for those that do not block it', async () => {
  const world = await start()
  const root = await put(world, 'root')
  await put(world, 'held', { owners: [root], finalizers: ['example.com/hold'], block: false })
  await world.settle()
  await remove(world, 'root', 'Foreground')
  await world.settle()
  assert.deepEqual(await names(world), ['held'])
  await world.stop()
})

test('orphaning lets the dependents go before the owner goes', async () => {
  const world = await start()
  const root = await put(world, 'root')
  await put(world, 'child', { owners: [root] })
  await world.settle()
  await remove(world, 'root', 'Orphan')
  await world.settle()
  const [child, ...others] = await world.list(ConfigMap)
  assert.deepEqual([child?.metadata.name, child?.metadata.ownerReferences, others], ['child', undefined, []])
  await world.stop()
})

test('an object stays while one of its owners does, without the reference to the one that has gone', async () => {
  const world = await start()
  const a = await put(world, 'a')
  const b = await put(world, 'b')
  await put(world, 'child', { owners: [a, b] })
  await world.settle()
  await remove(world, 'a', 'Background')
  await world.settle()
  const child = await world.get(ConfigMap, 'child', 'default')
  assert.deepEqual(
    child?.metadata.ownerReferences?.map(({ name }) => name),
    ['b'],
  )
  await remove(world, 'b', 'Background')
  await world.settle()
  assert.deepEqual(await names(world), [])
  await world.stop()
})

test('an object that names an owner that never was is deleted', async () => {
  const world = await start()
  const ghost = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ghost', uid: 'no-such' } }
  await put(world, 'child', { owners: [ghost] })
  await world.settle()
  assert.deepEqual(await names(world), [])
  await world.stop()
})

test('an owner of a kind that nobody serves keeps its dependents', async () => {
  const world = await start()
  const foreign = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x', uid: 'thing' } }
  await put(world, 'child', { owners: [foreign] })
  await world.settle()
  assert.deepEqual(await names(world), ['child'])
  await world.stop()
})

test('an owner in another namespace counts as gone, and an event says so', async () => {
  const world = await start()
  await world.namespace('elsewhere')
  const root = await put(world, 'root', { namespace: 'elsewhere' })
  await world.settle()
  await put(world, 'child', { owners: [root] })
  await world.settle()
  assert.deepEqual(await names(world), ['root'])
  const [event = ''] = await world.events()
  assert.match(
    event,
    /^OwnerRefInvalidNamespace: ownerRef \[v1\/ConfigMap, .*\] does not exist in namespace "default"$/,
  )
  await world.stop()
})

test('an owner of the cluster may own objects of a namespace', async () => {
  const world = await start()
  const owner = await world.get(Namespace, 'default')
  await put(world, 'child', { owners: [owner as ApiObject] })
  await world.settle()
  assert.deepEqual(await names(world), ['child'])
  await world.stop()
})

test('a cycle that is deleted in the foreground is broken', async () => {
  const world = await start()
  const a = await put(world, 'a')
  const b = await put(world, 'b', { owners: [a] })
  const reference = { ownerReferences: [owned(b, true)] }
  await world.client.patch(ConfigMap, { namespace: 'default', name: 'a' }, { metadata: reference }, { type: 'merge' })
  await world.settle()
  await remove(world, 'a', 'Foreground')
  await world.settle()
  await world.advance(60_000)
  assert.deepEqual(await names(world), [])
  await world.stop()
})

test('a thousand dependents go with their owner', async () => {
  const world = await start()
  const root = await put(world, 'root')
  for (let n = 0; n < 1000; n++) await put(world, `child-${n}`, { owners: [root] })
  await world.settle()
  await remove(world, 'root', 'Background')
  await world.settle()
  assert.deepEqual(await names(world), [])
  await world.stop()
})
