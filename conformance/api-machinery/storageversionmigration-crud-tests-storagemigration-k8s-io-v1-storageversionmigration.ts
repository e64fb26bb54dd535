// Migrations take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'StorageVersionMigration CRUD Tests storagemigration.k8s.io/v1 StorageVersionMigration',
    since: '1.37',
    clusterScoped: true,
  },
  async (t) => {
    const because = (reason: string) => timedCondition(t, 'Running', { status: 'False', reason })
    await checkOperations(t, {
      apiVersion: 'storagemigration.k8s.io/v1',
      kind: 'StorageVersionMigration',
      plural: 'storageversionmigrations',
      clusterScoped: true,
      // Of a resource that there is none of: nothing migrates it.
      make: () => ({ spec: { resource: { group: 'conformance.example.com', resource: 'nothings' } } }),
      patch: {},
      status: [{ conditions: [because('Patched')] }, { conditions: [because('Updated')] }],
    })
  },
)
