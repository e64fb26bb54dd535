// What has another owner stays, without the reference to the one that has gone.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { countOfPods, isGone, makeReplicationController, podsOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: "Garbage collector should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted",
    since: '1.9',
  },
  async (t) => {
    const going = await makeReplicationController(t, 'going', 4)
    const staying = await makeReplicationController(t, 'staying', 0)
    const pods = await countOfPods(t, 'going', 4)
    const shared = pods.slice(0, 2)
    const { name, uid } = staying.metadata
    for (const { metadata } of shared)
      await t.patch(t.path('v1', 'pods', metadata.name), 'strategic', {
        metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicationController', name, uid }] },
      })
    const path = t.path('v1', 'replicationcontrollers', 'going')
    await t.delete(path, { propagationPolicy: 'Foreground' })
    await isGone(t, path)
    await countOfPods(t, 'going', 2)
    for (const { metadata } of await podsOf(t, 'going')) {
      assert.ok(shared.some((each) => each.metadata.uid === metadata.uid))
      assert.equal(metadata.deletionTimestamp, undefined)
      assert.deepEqual(
        metadata.ownerReferences.map((each: { uid: string }) => each.uid),
        [uid],
      )
      assert.notEqual(uid, going.metadata.uid)
    }
  },
)
