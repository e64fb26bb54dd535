// Classes of storage take every verb.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'StorageClasses CSI Conformance should run through the lifecycle of a StorageClass',
    since: '1.29',
    clusterScoped: true,
  },
  async (t) => {
    await checkOperations(t, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      plural: 'storageclasses',
      clusterScoped: true,
      make: () => ({
        provisioner: 'nobody.example.com',
        parameters: { type: 'fast' },
        volumeBindingMode: 'WaitForFirstConsumer',
      }),
      patch: { allowVolumeExpansion: true },
    })
    const name = t.name('class')
    const path = t.clusterPath('storage.k8s.io/v1', 'storageclasses')
    t.cleanup(() => t.delete(`${path}/${name}`))
    const { reclaimPolicy, volumeBindingMode } = await t.post(path, {
      metadata: { name },
      provisioner: 'nobody.example.com',
    })
    assert.deepEqual([reclaimPolicy, volumeBindingMode], ['Delete', 'Immediate'])
    await refused(t.patch(`${path}/${name}`, 'merge', { parameters: { type: 'slow' } }), { code: 422 })
  },
)
