// A Deployment that keeps no history deletes the ReplicaSets that it has no pods of any more.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { deploymentOf, deploymentPath, isRolledOut, makeOldReplicaSet } from '../fixtures/rollouts.ts'
import { isGone, replicaSetsOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Deployment deployment should delete old replica sets', since: '1.12' },
  async (t) => {
    await makeOldReplicaSet(t, 'before', 'tidy')
    await t.post(deploymentPath(t), deploymentOf(t, 'tidy', { revisionHistoryLimit: 0 }))
    await isRolledOut(t, 'tidy')
    await isGone(t, t.path('apps/v1', 'replicasets', 'before'))
    assert.equal((await replicaSetsOf(t, 'tidy')).length, 1)
  },
)
