// A namespace that is read, changed and written back keeps the change, and is not written over from an old state.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makeNamespace } from '../fixtures/namespaces.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Namespaces should apply an update to a Namespace',
    since: '1.26',
    clusterScoped: true,
  },
  async (t) => {
    const made = await makeNamespace(t)
    const label = t.name('updated')
    const path = t.clusterPath('v1', 'namespaces', made.metadata.name)
    const updated = await updateLatest(t, path, ({ metadata }) => {
      metadata.labels.updated = label
    })
    assert.equal(updated.metadata.labels.updated, label)
    const { items } = await t.get(t.clusterPath('v1', 'namespaces'), { labelSelector: `updated=${label}` })
    assert.deepEqual(
      items.map((each: { metadata: { name: string } }) => each.metadata.name),
      [made.metadata.name],
    )
    const stale = { ...made, metadata: { ...made.metadata, labels: { stale: 'true' } } }
    await refused(t.put(path, stale), { code: 409, reason: 'Conflict' })
  },
)
