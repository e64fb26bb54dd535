// The scale of a ReplicaSet is read, replaced and patched, and its pods follow.

import { behaviour } from '../behaviour.ts'
import { checkScale } from '../fixtures/scale.ts'
import { countOfPods, replicaSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'ReplicaSet Replicaset should have a working scale subresource', since: '1.21' },
  async (t) => {
    await t.post(t.path('apps/v1', 'replicasets'), replicaSetOf(t, 'scaled', 1))
    await checkScale(t, t.path('apps/v1', 'replicasets', 'scaled'))
    await countOfPods(t, 'scaled', 4)
  },
)
