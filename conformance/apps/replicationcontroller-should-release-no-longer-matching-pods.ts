// A pod whose labels are changed is its ReplicationController's no longer, and stays.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isReleased } from '../fixtures/owners.ts'
import { countOfPods, makeReplicationController } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'ReplicationController should release no longer matching pods', since: '1.13' },
  async (t) => {
    await makeReplicationController(t, 'releasing', 1)
    const [pod] = await countOfPods(t, 'releasing', 1)
    await isReleased(t, pod.metadata.name)
    const [next] = await countOfPods(t, 'releasing', 1)
    assert.notEqual(next.metadata.uid, pod.metadata.uid)
    const left = await t.get(t.path('v1', 'pods', pod.metadata.name))
    assert.deepEqual([left.metadata.uid, left.metadata.deletionTimestamp], [pod.metadata.uid, undefined])
  },
)
