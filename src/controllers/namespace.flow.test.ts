// Deleting a namespace, against the real server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deployment } from '#api/apps/deployment.ts'
import { ConfigMap } from '#api/core/config-map.ts'
import { Namespace } from '#api/core/namespace.ts'
import { Pod } from '#api/core/pod.ts'
import { Secret } from '#api/core/secret.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import { barePod, startWorld } from './testing.ts'

test('everything in the namespace goes, and then the namespace', async () => {
  const world = await startWorld()
  await world.node('n1')
  world.autoReady()
  await world.namespace('shop')
  await world.client.create(Deployment, {
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 5,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'x' }] } },
    },
  })
  await world.client.create(Secret, { metadata: { name: 's', namespace: 'shop' } })
  await world.settle()
  assert.equal((await world.list(Pod, 'shop')).length, 5)
  await world.client.delete(Namespace, { name: 'shop' })
  await world.settle()
  await world.advance(60_000)
  assert.equal(await world.get(Namespace, 'shop'), undefined)
  for (const kind of world.kinds.all)
    if (kind.namespaced && kind.verbs.includes('list'))
      assert.deepEqual(await world.list(kind, 'shop'), [], kind.resource)
  assert.ok(await world.get(ServiceAccount, 'default', 'default'), 'other namespaces are left alone')
  await world.stop()
})

test('pods go first, and the conditions say what is left', async () => {
  const world = await startWorld()
  await world.node('n1')
  await world.namespace('shop')
  await world.client.create(ConfigMap, { metadata: { name: 'c', namespace: 'shop' } })
  const pod = barePod('p', { metadata: { namespace: 'shop', finalizers: ['example.com/hold'] } })
  await world.client.create(Pod, pod)
  await world.settle()
  await world.client.delete(Namespace, { name: 'shop' })
  await world.settle()
  assert.ok(await world.get(ConfigMap, 'c', 'shop'), 'the rest waits for the pods')
  const namespace = await world.get(Namespace, 'shop')
  assert.equal(namespace?.status.phase, 'Terminating')
  assert.deepEqual(
    namespace?.status.conditions?.map(({ type, status, message }) => `${type} ${status} ${message}`),
    [
      'NamespaceDeletionDiscoveryFailure False All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining True Some resources are remaining: pods. has 1 resource instances',
      'NamespaceFinalizersRemaining True Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ],
  )
  const before = world.writes.length
  await world.advance(600_000)
  assert.deepEqual(
    world.writes.slice(before).filter((write) => write.includes('shop')),
    [],
    'nothing polls',
  )
  const ref = { namespace: 'shop', name: 'p' }
  await world.client.patch(Pod, ref, { metadata: { finalizers: null } }, { type: 'merge' })
  await world.settle()
  assert.equal(await world.get(Namespace, 'shop'), undefined)
  await world.stop()
})

test('every namespace has a default service account and the CA, also after somebody deletes them', async () => {
  const world = await startWorld()
  await world.namespace('shop')
  const there = async () => [
    (await world.get(ServiceAccount, 'default', 'shop')) !== undefined,
    (await world.get(ConfigMap, 'kube-root-ca.crt', 'shop'))?.data?.['ca.crt'],
  ]
  assert.deepEqual(await there(), [true, 'CA'])
  await world.client.delete(ServiceAccount, { namespace: 'shop', name: 'default' })
  await world.client.delete(ConfigMap, { namespace: 'shop', name: 'kube-root-ca.crt' })
  await world.settle()
  assert.deepEqual(await there(), [true, 'CA'])
  const ref = { namespace: 'shop', name: 'kube-root-ca.crt' }
  await world.client.patch(ConfigMap, ref, { data: { 'ca.crt': 'forged' } }, { type: 'merge' })
  await world.settle()
  assert.deepEqual(await there(), [true, 'CA'])
  await world.stop()
})
