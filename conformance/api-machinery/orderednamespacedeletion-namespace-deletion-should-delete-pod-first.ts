// Nothing else of a namespace goes before its pods have gone, and the namespace says what it waits for.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makeNamespace, within } from '../fixtures/namespaces.ts'
import { idlePod, isGone } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'OrderedNamespaceDeletion namespace deletion should delete pod first',
    since: '1.34',
    clusterScoped: true,
  },
  async (t) => {
    const { metadata } = await makeNamespace(t)
    const inside = within(t, metadata.name)
    const path = t.clusterPath('v1', 'namespaces', metadata.name)
    const pod = inside.path('v1', 'pods', 'held')
    const configMap = inside.path('v1', 'configmaps', 'after')
    await t.eventually('the default service account is made', () =>
      t.get(inside.path('v1', 'serviceaccounts', 'default')),
    )
    const finalizers = ['example.com/held']
    await t.post(inside.path('v1', 'pods'), { metadata: { name: 'held', finalizers }, spec: idlePod(t) })
    const release = () => t.patch(pod, 'merge', { metadata: { finalizers: null } })
    t.cleanup(release)
    await t.post(inside.path('v1', 'configmaps'), { metadata: { name: 'after' } })

    await t.delete(path)
    await t.eventually('the namespace says that the pod is left', async () => {
      const { status } = await t.get(path)
      const condition = status.conditions?.find(({ type }: Json) => type === 'NamespaceFinalizersRemaining')
      return condition?.status === 'True' && condition.message.includes(finalizers[0])
    })
    assert.ok((await t.get(pod)).metadata.deletionTimestamp)
    assert.equal((await t.get(configMap)).metadata.deletionTimestamp, undefined)
    await release()
    await isGone(t, path)
    await isGone(t, configMap)
  },
)
