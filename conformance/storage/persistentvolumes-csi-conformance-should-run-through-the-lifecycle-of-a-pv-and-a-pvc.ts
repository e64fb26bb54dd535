// Volumes and claims take every verb; both are kept while they are in use, and go when they are not.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { makePod } from '../fixtures/nodes.ts'
import { claimOf, volumeOf } from '../fixtures/storage.ts'
import { isGone } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'PersistentVolumes CSI Conformance should run through the lifecycle of a PV and a PVC',
    since: '1.29',
  },
  async (t) => {
    const storageClassName = t.name('nobody')
    await checkOperations(t, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      plural: 'persistentvolumes',
      clusterScoped: true,
      make: () => volumeOf(storageClassName),
      patch: { spec: { persistentVolumeReclaimPolicy: 'Delete' } },
    })
    await checkOperations(t, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      plural: 'persistentvolumeclaims',
      // Of another class: the two do not come together.
      make: () => claimOf(`${storageClassName}-other`),
      patch: {},
    })
    const path = t.path('v1', 'persistentvolumeclaims')
    const { metadata } = await t.post(path, { metadata: { name: 'kept' }, ...claimOf(`${storageClassName}-other`) })
    assert.deepEqual(metadata.finalizers, ['kubernetes.io/pvc-protection'])
    const volumes = [{ name: 'claimed', persistentVolumeClaim: { claimName: 'kept' } }]
    await makePod(t, 'user', { volumes })
    await t.delete(`${path}/kept`)
    assert.notEqual((await t.get(`${path}/kept`)).metadata.deletionTimestamp, undefined)
    await t.delete(t.path('v1', 'pods', 'user'))
    await isGone(t, `${path}/kept`)
  },
)
