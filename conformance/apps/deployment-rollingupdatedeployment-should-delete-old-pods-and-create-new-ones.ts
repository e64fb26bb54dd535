// A Deployment takes over a ReplicaSet that its selector fits, and replaces the pods of it by those of its own template.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { controllerOf } from '../fixtures/owners.ts'
import { deploymentOf, deploymentPath, isRolledOut, makeOldReplicaSet } from '../fixtures/rollouts.ts'
import { countOfPods, replicaSetsOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'Deployment RollingUpdateDeployment should delete old pods and create new ones',
    since: '1.12',
  },
  async (t) => {
    const old = await makeOldReplicaSet(t, 'before', 'rolling')
    const { metadata } = await t.post(deploymentPath(t), deploymentOf(t, 'rolling'))
    await isRolledOut(t, 'rolling')
    const sets = await replicaSetsOf(t, 'rolling')
    assert.equal(sets.length, 2)
    for (const set of sets) assert.equal(controllerOf(set).uid, metadata.uid)
    const before = sets.find((set) => set.metadata.uid === old.metadata.uid)
    const now = sets.find((set) => set.metadata.uid !== old.metadata.uid)
    assert.equal(before.spec.replicas, 0)
    assert.equal(now.spec.replicas, 1)
    const revision = 'deployment.kubernetes.io/revision'
    const { annotations } = (await t.get(deploymentPath(t, 'rolling'))).metadata
    assert.equal(now.metadata.annotations[revision], annotations[revision])
    assert.ok(Number(before.metadata.annotations[revision] ?? 0) < Number(annotations[revision]))
    const pods = await countOfPods(t, 'rolling', 1)
    assert.equal(controllerOf(pods[0]).uid, now.metadata.uid)
  },
)
