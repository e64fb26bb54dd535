// Pods of a controller that is deleted as Orphan stay, belong to nobody, and are left alone.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { countOfPods, isGone, makeReplicationController, podsOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Garbage collector should orphan pods created by rc if delete options say so',
    since: '1.9',
  },
  async (t) => {
    await makeReplicationController(t, 'orphans', 5)
    const before = await countOfPods(t, 'orphans', 5)
    const path = t.path('v1', 'replicationcontrollers', 'orphans')
    await t.delete(path, { propagationPolicy: 'Orphan' })
    await isGone(t, path)
    const after = await podsOf(t, 'orphans')
    const uids = (pods: typeof before) => pods.map(({ metadata }) => metadata.uid).sort()
    assert.deepEqual(uids(after), uids(before))
    for (const { metadata } of after) assert.equal(metadata.ownerReferences, undefined)
  },
)
