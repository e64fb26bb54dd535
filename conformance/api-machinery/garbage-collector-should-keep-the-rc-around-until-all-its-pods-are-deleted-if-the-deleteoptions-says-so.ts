// An owner that is deleted in the foreground waits, marked as being deleted, until the last of what it owns has gone.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { countOfPods, isGone, makeReplicationController } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Garbage collector should keep the rc around until all its pods are deleted if the deleteOptions says so',
    since: '1.9',
  },
  async (t) => {
    await makeReplicationController(t, 'foreground', 3)
    const [held] = await countOfPods(t, 'foreground', 3)
    const pod = t.path('v1', 'pods', held.metadata.name)
    await t.patch(pod, 'merge', { metadata: { finalizers: ['example.com/held'] } })
    const release = () => t.patch(pod, 'merge', { metadata: { finalizers: null } })
    t.cleanup(release)
    const path = t.path('v1', 'replicationcontrollers', 'foreground')
    await t.delete(path, { propagationPolicy: 'Foreground' })
    await countOfPods(t, 'foreground', 1)
    const { metadata } = await t.get(path)
    assert.ok(metadata.deletionTimestamp)
    assert.deepEqual(metadata.finalizers, ['foregroundDeletion'])
    await release()
    await isGone(t, path)
    assert.deepEqual((await t.get(t.path('v1', 'pods'), { labelSelector: 'app=foreground' })).items, [])
  },
)
