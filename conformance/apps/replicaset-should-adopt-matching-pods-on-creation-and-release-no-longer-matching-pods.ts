// A pod that nobody has made is taken over by a ReplicaSet that selects it, and let go when its labels change.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isAdopted, isReleased, makeOrphan } from '../fixtures/owners.ts'
import { countOfPods, replicaSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'ReplicaSet should adopt matching pods on creation and release no longer matching pods',
    since: '1.13',
  },
  async (t) => {
    await makeOrphan(t, 'orphan', 'adopted')
    const set = await t.post(t.path('apps/v1', 'replicasets'), replicaSetOf(t, 'adopted', 1))
    await isAdopted(t, 'orphan', { ...set, kind: 'ReplicaSet' })
    assert.equal((await countOfPods(t, 'adopted', 1))[0].metadata.name, 'orphan')
    await isReleased(t, 'orphan')
    // Another is made in its place.
    await countOfPods(t, 'adopted', 1)
  },
)
