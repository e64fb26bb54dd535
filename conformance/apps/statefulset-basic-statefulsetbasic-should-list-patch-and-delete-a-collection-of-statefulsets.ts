// StatefulSets are listed by a label, patched, and deleted together.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'
import { refused } from '../fixtures/refused.ts'
import { statefulSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'StatefulSet Basic … [StatefulSetBasic] should list, patch and delete a collection of StatefulSets',
    since: '1.22',
  },
  async (t) => {
    const path = t.path('apps/v1', 'statefulsets')
    await t.post(path, statefulSetOf(t, 'patched', 0))
    const patched = await t.patch(`${path}/patched`, 'strategic', {
      metadata: { labels: { patched: 'true' } },
      spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } },
    })
    assert.equal(patched.metadata.labels.patched, 'true')
    assert.equal(patched.metadata.generation, 2)
    await refused(t.patch(`${path}/patched`, 'merge', { spec: { serviceName: 'other' } }), {
      code: 422,
      reason: 'Invalid',
    })
    await checkDeleteCollection(t, {
      apiVersion: 'apps/v1',
      plural: 'statefulsets',
      make: (name) => ({ spec: statefulSetOf(t, name, 1).spec }),
    })
  },
)
