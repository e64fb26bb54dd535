import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { PersistentVolume } from '#api/core/persistent-volume.ts'
import { PersistentVolumeClaim } from '#api/core/persistent-volume-claim.ts'
import { Pod } from '#api/core/pod.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { VolumeAttributesClass } from '#api/storage/volume-attributes-class.ts'
import { pod } from './fixtures.ts'
import { plan } from './protection.ts'
import { pvProtection } from './pv-protection.ts'
import { pvcProtection, uses } from './pvc-protection.ts'
import { barePod, startWorld, type World } from './testing.ts'
import { vacProtection } from './vac-protection.ts'

const object = (finalizers: readonly string[] | undefined, deletionTimestamp?: string) =>
  ({ metadata: { name: 'x', finalizers, deletionTimestamp } }) as unknown as ApiObject

describe('plan()', () => {
  for (const [about, given, step] of [
    ['one without protection', object(undefined), 'add'],
    ['one with it', object(['f']), undefined],
    ['one that goes, with it', object(['g', 'f'], 'now'), 'remove'],
    ['one that goes, without it', object(['g'], 'now'), undefined],
  ] as const)
    test(about, () => assert.equal(plan(given, 'f'), step))
})

describe('uses()', () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'uid-p', controller: true }
  const claim = (name: string, rest: object = {}) =>
    ({ metadata: { name, namespace: 'a', ...rest } }) as unknown as PersistentVolumeClaim
  const named = { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] } }
  const own = { spec: { volumes: [{ name: 'v', ephemeral: {} }] } }
  const shutDown = (p: Pod) =>
    ({ ...p, metadata: { ...p.metadata, deletionTimestamp: 'now', deletionGracePeriodSeconds: 0 } }) as Pod
  for (const [about, by, given, used] of [
    ['a pod that names it', pod('p', named), claim('c'), true],
    ['one that has ended', pod('p', { ...named, phase: 'Succeeded' }), claim('c'), true],
    ['one that names another', pod('p', named), claim('d'), false],
    ['one of another namespace', pod('p', { ...named, namespace: 'b' }), claim('c'), false],
    ['one on no node', pod('p', { ...named, node: '' }), claim('c'), false],
    ['one that it was made for', pod('p', own), claim('p-v', { ownerReferences: [owner] }), true],
    ['one that it was not made for', pod('p', own), claim('p-v'), false],
    [
      'one that it was made for and that is over',
      shutDown(pod('p', own)),
      claim('p-v', { ownerReferences: [owner] }),
      false,
    ],
  ] as const)
    test(about, () => assert.equal(uses(by, given), used))
})

describe('protection', () => {
  let world: World
  beforeEach(async () => {
    world = await startWorld({ controllers: [pvcProtection, pvProtection, vacProtection] })
  })
  afterEach(() => world.stop())

  const finalizersOf = async (kind: AnyKind, name: string, namespace?: string) =>
    ((await world.get(kind, name, namespace)) as ApiObject | undefined)?.metadata.finalizers
  const claim = (name: string, spec: object = {}) =>
    world.client.create(PersistentVolumeClaim, {
      metadata: { namespace: 'default', name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
    })
  const volume = (name: string, spec: object = {}) =>
    world.client.create(PersistentVolume, {
      metadata: { name },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/v' }, ...spec },
    })
  const remove = async (kind: AnyKind, name: string, namespace?: string) => {
    await world.client.delete(kind, { namespace, name })
    await world.settle()
  }

  test('keeps a claim while a pod on a node uses it, and no longer', async () => {
    await claim('c')
    await claim('unused')
    await world.settle()
    assert.deepEqual(await finalizersOf(PersistentVolumeClaim, 'c', 'default'), ['kubernetes.io/pvc-protection'])
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }]
    await world.client.create(Pod, barePod('p', { spec: { volumes, nodeName: 'n1' } }))
    await remove(PersistentVolumeClaim, 'unused', 'default')
    assert.equal(await world.get(PersistentVolumeClaim, 'unused', 'default'), undefined)
    await remove(PersistentVolumeClaim, 'c', 'default')
    assert.ok(await world.get(PersistentVolumeClaim, 'c', 'default'), 'it is in use')
    await world.client.delete(Pod, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 })
    await world.settle()
    assert.equal(await world.get(PersistentVolumeClaim, 'c', 'default'), undefined)
    assert.deepEqual(world.complaints, [])
  })

  test('keeps a volume while it is bound', async () => {
    await volume('v')
    await world.settle()
    assert.deepEqual(await finalizersOf(PersistentVolume, 'v'), ['kubernetes.io/pv-protection'])
    await world.setStatus(PersistentVolume, { name: 'v' }, (status) => ({ ...status, phase: 'Bound' }))
    await remove(PersistentVolume, 'v')
    assert.ok(await world.get(PersistentVolume, 'v'), 'it is bound')
    await world.setStatus(PersistentVolume, { name: 'v' }, (status) => ({ ...status, phase: 'Released' }))
    await world.settle()
    assert.equal(await world.get(PersistentVolume, 'v'), undefined)
  })

  test('keeps a class of settings while a claim or a volume names it', async () => {
    await world.client.create(VolumeAttributesClass, {
      metadata: { name: 'fast' },
      driverName: 'd.io',
      parameters: { a: 'b' },
    })
    const csi = { hostPath: undefined, csi: { driver: 'd.io', volumeHandle: 'h' } }
    await volume('v', { ...csi, volumeAttributesClassName: 'fast' })
    await claim('c', { volumeAttributesClassName: 'fast' })
    await world.settle()
    assert.deepEqual(await finalizersOf(VolumeAttributesClass, 'fast'), ['kubernetes.io/vac-protection'])
    await remove(VolumeAttributesClass, 'fast')
    await remove(PersistentVolumeClaim, 'c', 'default')
    assert.ok(await world.get(VolumeAttributesClass, 'fast'), 'the volume names it')
    await remove(PersistentVolume, 'v')
    assert.equal(await world.get(VolumeAttributesClass, 'fast'), undefined)
  })
})
