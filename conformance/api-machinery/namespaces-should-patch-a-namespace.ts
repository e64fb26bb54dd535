// A namespace takes patches of its labels.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeNamespace } from '../fixtures/namespaces.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'Namespaces should patch a Namespace', since: '1.18', clusterScoped: true },
  async (t) => {
    const { metadata } = await makeNamespace(t)
    const path = t.clusterPath('v1', 'namespaces', metadata.name)
    for (const type of ['merge', 'strategic'] as const) {
      const patched = await t.patch(path, type, { metadata: { labels: { [type]: 'patched' } } })
      assert.equal(patched.metadata.labels[type], 'patched')
    }
    const { labels } = (await t.get(path)).metadata
    assert.partialDeepStrictEqual(labels, { merge: 'patched', strategic: 'patched' })
    assert.equal(labels['kubernetes.io/metadata.name'], metadata.name)
  },
)
