// The status of a pod is patched on its own, and its spec is not by that.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { nowhereTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Pods should patch a pod status', since: '1.25' },
  async (t) => {
    const path = t.path('v1', 'pods', 'told')
    // On no node: nobody else tells of it.
    await makePod(t, 'told', nowhereTemplate(t, 'told').spec)
    const patched = await t.patch(`${path}/status`, 'strategic', {
      status: { message: 'Patched by a test', reason: 'Test' },
      spec: { activeDeadlineSeconds: 5 },
    })
    assert.deepEqual([patched.status.message, patched.status.reason], ['Patched by a test', 'Test'])
    const read = await t.get(path)
    assert.equal(read.status.message, 'Patched by a test')
    assert.equal(read.spec.activeDeadlineSeconds, undefined)
  },
)
