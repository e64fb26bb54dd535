// The status of a namespace is read, patched and replaced on its own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'
import { makeNamespace } from '../fixtures/namespaces.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Namespaces should apply changes to a namespace status',
    since: '1.25',
    clusterScoped: true,
  },
  async (t) => {
    const { metadata } = await makeNamespace(t)
    const path = t.clusterPath('v1', 'namespaces', metadata.name, 'status')
    const patch = timedCondition(t, 'StatusPatch')
    const update = timedCondition(t, 'StatusUpdate')
    assert.equal((await t.get(path)).status.phase, 'Active')
    const patched = await t.patch(path, 'merge', {
      metadata: { annotations: { patched: 'true' } },
      status: { conditions: [patch] },
    })
    assert.equal(patched.metadata.annotations.patched, 'true')
    assert.deepEqual(patched.status.conditions, [patch])
    const updated = await updateLatest(t, path, ({ status }) => {
      status.conditions.push(update)
    })
    assert.deepEqual(updated.status, {
      phase: 'Active',
      conditions: [patch, update],
    })
    assert.deepEqual((await t.get(path)).status, updated.status)
  },
)
