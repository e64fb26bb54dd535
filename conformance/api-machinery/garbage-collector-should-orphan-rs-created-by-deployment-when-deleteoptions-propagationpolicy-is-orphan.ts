// The replica set of a deployment that is deleted as Orphan stays, belongs to nobody, and keeps its pods.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { countOfPods, isGone, makeDeployment, podsOf, replicaSetsOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Garbage collector should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan',
    since: '1.9',
  },
  async (t) => {
    await makeDeployment(t, 'orphan')
    await countOfPods(t, 'orphan', 2)
    const [before] = await replicaSetsOf(t, 'orphan')
    const path = t.path('apps/v1', 'deployments', 'orphan')
    await t.delete(path, { propagationPolicy: 'Orphan' })
    await isGone(t, path)
    const [after, ...others] = await replicaSetsOf(t, 'orphan')
    assert.equal(others.length, 0)
    assert.equal(after.metadata.uid, before.metadata.uid)
    assert.equal(after.metadata.ownerReferences, undefined)
    for (const { metadata } of await podsOf(t, 'orphan'))
      assert.equal(metadata.ownerReferences[0].uid, after.metadata.uid)
  },
)
