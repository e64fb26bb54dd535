// The status of a ReplicaSet is read, replaced and patched on its own.

import { behaviour } from '../behaviour.ts'
import { checkStatus } from '../fixtures/status.ts'
import { replicaSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'ReplicaSet should validate Replicaset Status endpoints', since: '1.22' },
  async (t) => {
    const collection = t.path('apps/v1', 'replicasets')
    await t.post(collection, replicaSetOf(t, 'told', 1))
    await checkStatus(t, { collection, name: 'told', spec: { minReadySeconds: 99 } })
  },
)
