// The replica set of a deleted deployment goes after it, and its pods too.

import { behaviour } from '../behaviour.ts'
import { countOfPods, isGone, makeDeployment, replicaSetsOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Garbage collector should delete RS created by deployment when not orphaning',
    since: '1.9',
  },
  async (t) => {
    await makeDeployment(t, 'background')
    await t.eventually('it has a replica set', async () => (await replicaSetsOf(t, 'background')).length === 1)
    await countOfPods(t, 'background', 2)
    const path = t.path('apps/v1', 'deployments', 'background')
    await t.delete(path, { propagationPolicy: 'Background' })
    await isGone(t, path)
    await t.eventually('the replica set has gone', async () => (await replicaSetsOf(t, 'background')).length === 0)
    await countOfPods(t, 'background', 0)
  },
)
