// A pod that nobody has made is taken over by a ReplicationController that selects it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { isAdopted, makeOrphan } from '../fixtures/owners.ts'
import { countOfPods, makeReplicationController } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'ReplicationController should adopt matching pods on creation', since: '1.13' },
  async (t) => {
    await makeOrphan(t, 'orphan', 'adopted')
    const controller = await makeReplicationController(t, 'adopted', 1)
    await isAdopted(t, 'orphan', { ...controller, kind: 'ReplicationController' })
    assert.equal((await countOfPods(t, 'adopted', 1))[0].metadata.name, 'orphan')
  },
)
