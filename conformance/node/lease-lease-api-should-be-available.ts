// Leases take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour({ group: 'sig-node', name: 'Lease lease API should be available', since: '1.17' }, (t) =>
  checkOperations(t, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    plural: 'leases',
    make: () => ({
      spec: {
        holderIdentity: 'holder',
        leaseDurationSeconds: 30,
        acquireTime: '2030-01-01T00:00:00.000000Z',
        renewTime: '2030-01-01T00:00:05.000000Z',
        leaseTransitions: 0,
      },
    }),
    patch: { spec: { holderIdentity: 'holder2', leaseDurationSeconds: 60, leaseTransitions: 1 } },
  }),
)
