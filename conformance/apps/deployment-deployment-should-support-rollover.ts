// A rollout that does not come to an end is overtaken by the next: in the end only pods of the newest template are there.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { brokenImage, deploymentOf, deploymentPath, isRolledOut, makeOldReplicaSet } from '../fixtures/rollouts.ts'
import { countOfPods, idleTemplate, replicaSetsOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Deployment deployment should support rollover', since: '1.12' },
  async (t) => {
    const old = await makeOldReplicaSet(t, 'before', 'over')
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
    const broken = idleTemplate(t, { app: 'over' })
    broken.spec.containers = [brokenImage]
    await t.post(deploymentPath(t), deploymentOf(t, 'over', { strategy, template: broken }))
    const stuck = await t.eventually('the broken template has its replica set', async () => {
      const sets = await replicaSetsOf(t, 'over')
      return sets.find((set) => set.metadata.uid !== old.metadata.uid && set.status.replicas === 1)
    })
    // Nothing of the old is taken away for what is not available.
    assert.equal((await t.get(t.path('apps/v1', 'replicasets', 'before'))).spec.replicas, 1)
    await updateLatest(t, deploymentPath(t, 'over'), ({ spec }) => {
      spec.template = idleTemplate(t, { app: 'over' })
    })
    await isRolledOut(t, 'over')
    for (const name of ['before', stuck.metadata.name])
      await t.eventually(`${name} has no pods`, async () => {
        const { spec, status } = await t.get(t.path('apps/v1', 'replicasets', name))
        return spec.replicas === 0 && status.replicas === 0
      })
    await countOfPods(t, 'over', 1)
  },
)
