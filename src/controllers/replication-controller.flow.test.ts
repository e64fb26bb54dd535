// ReplicationControllers as users see them, against the real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pod } from '#api/core/pod.ts'
import { ReplicationController } from '#api/core/replication-controller.ts'
import { asReplicaSet } from './replication-controller.ts'
import { startWorld } from './testing.ts'

const ref = { namespace: 'default', name: 'web' }
const spec = { containers: [{ name: 'main', image: 'v1' }] }
const draft = (replicas: number) => ({
  metadata: ref,
  spec: { replicas, selector: { app: 'web' }, template: { metadata: { labels: { app: 'web' } }, spec } },
})

test('a replication controller makes its pods, counts them, and follows its scale', async () => {
  const world = await startWorld()
  await world.node('n1')
  world.autoReady()
  await world.client.create(ReplicationController, draft(3))
  await world.settle()
  const pods = await world.list(Pod, 'default')
  assert.equal(pods.length, 3)
  for (const { metadata } of pods) {
    assert.match(metadata.name ?? '', /^web-.{5}$/)
    assert.partialDeepStrictEqual(metadata.ownerReferences?.[0], { kind: 'ReplicationController', controller: true })
  }
  const { status } = await world.client.get(ReplicationController, ref)
  assert.deepEqual(status, {
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    observedGeneration: 1,
  })
  await world.client.patch(ReplicationController, ref, { spec: { replicas: 1 } }, { type: 'merge' })
  await world.settle()
  assert.equal((await world.list(Pod, 'default')).filter(({ metadata }) => !metadata.deletionTimestamp).length, 1)
  await world.stop()
})

test('a replication controller adopts what matches, and lets go of what no longer does', async () => {
  const world = await startWorld()
  await world.client.create(Pod, { metadata: { namespace: 'default', name: 'own', labels: { app: 'web' } }, spec })
  const rc = await world.client.create(ReplicationController, draft(1))
  await world.settle()
  const ownerOf = async () => (await world.get(Pod, 'own', 'default'))?.metadata.ownerReferences?.[0]?.uid
  assert.equal(await ownerOf(), rc.metadata.uid)
  assert.equal((await world.list(Pod, 'default')).length, 1)
  const own = { namespace: 'default', name: 'own' }
  await world.client.patch(Pod, own, { metadata: { labels: { app: 'other' } } }, { type: 'merge' })
  await world.settle()
  assert.equal(await ownerOf(), undefined)
  assert.equal((await world.list(Pod, 'default')).length, 2)
  await world.stop()
})

test('a replication controller is looked at as one and the same set', async () => {
  const world = await startWorld({ controllers: [] })
  const rc = await world.client.create(ReplicationController, draft(1))
  assert.deepEqual(asReplicaSet(rc).spec.selector, { matchLabels: { app: 'web' } })
  assert.equal(asReplicaSet(rc), asReplicaSet(rc))
  await world.stop()
})
