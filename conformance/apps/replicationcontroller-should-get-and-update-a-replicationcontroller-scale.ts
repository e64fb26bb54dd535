// The scale of a ReplicationController is read, replaced and patched, and its pods follow.

import { behaviour } from '../behaviour.ts'
import { checkScale } from '../fixtures/scale.ts'
import { countOfPods, makeReplicationController } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'ReplicationController should get and update a ReplicationController scale',
    since: '1.26',
  },
  async (t) => {
    await makeReplicationController(t, 'scaled', 1)
    await checkScale(t, t.path('v1', 'replicationcontrollers', 'scaled'))
    await countOfPods(t, 'scaled', 4)
  },
)
