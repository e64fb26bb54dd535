// A watch from the version of an object shows what came after it, and nothing from before.

import assert from 'node:assert/strict'
import { ConfigMap } from '#api/core/config-map.ts'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Watchers should be able to start watching from a specific resource version',
    since: '1.11',
  },
  async (t) => {
    const { namespace } = t
    const name = 'from-a-version'
    await t.client.create(ConfigMap, { metadata: { name, namespace, labels: { watched: 'yes' } } })
    const set = (mutation: string) =>
      t.client.patch(ConfigMap, { namespace, name }, { data: { mutation } }, { type: 'merge' })
    const first = await set('1')
    const second = await set('2')
    await t.client.delete(ConfigMap, { namespace, name })

    const watch = await t.watch(t.path('v1', 'configmaps'), {
      labelSelector: 'watched=yes',
      resourceVersion: first.metadata.resourceVersion,
    })
    const modified = await watch.next()
    assert.deepEqual([modified.type, modified.object.data.mutation], ['MODIFIED', '2'])
    assert.equal(modified.object.metadata.resourceVersion, second.metadata.resourceVersion)
    const deleted = await watch.next()
    assert.deepEqual([deleted.type, deleted.object.data.mutation], ['DELETED', '2'])
  },
)
