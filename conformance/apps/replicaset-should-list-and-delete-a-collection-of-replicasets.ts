// ReplicaSets are listed by a label, and deleted together.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'
import { replicaSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'ReplicaSet should list and delete a collection of ReplicaSets', since: '1.22' },
  (t) =>
    checkDeleteCollection(t, {
      apiVersion: 'apps/v1',
      plural: 'replicasets',
      make: (name) => ({ spec: replicaSetOf(t, name, 1).spec }),
    }),
)
