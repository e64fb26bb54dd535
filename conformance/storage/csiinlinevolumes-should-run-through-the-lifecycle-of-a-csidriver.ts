// Drivers for storage take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'CSIInlineVolumes should run through the lifecycle of a CSIDriver',
    since: '1.28',
    clusterScoped: true,
  },
  (t) =>
    checkOperations(t, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      plural: 'csidrivers',
      clusterScoped: true,
      make: () => ({ spec: { attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: ['Ephemeral'] } }),
      patch: { spec: { requiresRepublish: true } },
    }),
)
