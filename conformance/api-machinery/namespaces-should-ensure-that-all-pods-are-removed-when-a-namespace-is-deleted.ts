// A namespace goes with its pods: one of the same name that comes after it has none.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeNamespace, within } from '../fixtures/namespaces.ts'
import { idlePod, isGone, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Namespaces should ensure that all pods are removed when a namespace is deleted',
    since: '1.11',
    clusterScoped: true,
  },
  async (t) => {
    const { metadata } = await makeNamespace(t)
    const inside = within(t, metadata.name)
    await t.eventually('the default service account is made', () =>
      t.get(inside.path('v1', 'serviceaccounts', 'default')),
    )
    await t.post(inside.path('v1', 'pods'), { metadata: { name: 'idle' }, spec: idlePod(t) })
    await podReady(inside, 'idle')
    const path = t.clusterPath('v1', 'namespaces', metadata.name)
    await t.delete(path)
    await isGone(t, path)
    assert.deepEqual((await t.get(inside.path('v1', 'pods'))).items, [])
    await t.post(t.clusterPath('v1', 'namespaces'), { metadata: { name: metadata.name } })
    assert.deepEqual((await t.get(inside.path('v1', 'pods'))).items, [])
  },
)
