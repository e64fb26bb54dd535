// What a deleted controller owned goes after it.

import { behaviour } from '../behaviour.ts'
import { countOfPods, isGone, makeReplicationController } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Garbage collector should delete pods created by rc when not orphaning',
    since: '1.9',
  },
  async (t) => {
    await makeReplicationController(t, 'background', 2)
    await countOfPods(t, 'background', 2)
    const path = t.path('v1', 'replicationcontrollers', 'background')
    await t.delete(path, { propagationPolicy: 'Background' })
    await isGone(t, path)
    await countOfPods(t, 'background', 0)
  },
)
