// What storage is left takes every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'CSIStorageCapacity should support CSIStorageCapacities API operations',
    since: '1.24',
  },
  async (t) => {
    await checkOperations(t, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIStorageCapacity',
      plural: 'csistoragecapacities',
      make: () => ({ storageClassName: 'nobody', capacity: '1Gi', maximumVolumeSize: '1Gi', nodeTopology: {} }),
      patch: { capacity: '2Gi' },
    })
    const path = t.path('storage.k8s.io/v1', 'csistoragecapacities')
    await t.post(path, { metadata: { name: 'fixed' }, storageClassName: 'nobody', capacity: '1Gi' })
    await refused(t.patch(`${path}/fixed`, 'merge', { storageClassName: 'other' }), { code: 422, reason: 'Invalid' })
  },
)
