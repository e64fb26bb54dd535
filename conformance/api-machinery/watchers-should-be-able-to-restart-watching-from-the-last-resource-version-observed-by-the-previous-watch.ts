// Whoever goes on from the last version that a watch has shown misses nothing of what happened between the two.

import assert from 'node:assert/strict'
import { ConfigMap } from '#api/core/config-map.ts'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Watchers should be able to restart watching from the last resource version observed by the previous watch',
    since: '1.11',
  },
  async (t) => {
    const { namespace } = t
    const name = 'watch-again'
    const labelSelector = 'watched=again'
    const path = t.path('v1', 'configmaps')
    const set = (mutation: string) =>
      t.client.patch(ConfigMap, { namespace, name }, { data: { mutation } }, { type: 'merge' })

    const first = await t.watch(path, { labelSelector })
    await t.client.create(ConfigMap, { metadata: { name, namespace, labels: { watched: 'again' } } })
    await set('1')
    assert.equal((await first.next()).type, 'ADDED')
    const last = await first.next()
    assert.deepEqual([last.type, last.object.data.mutation], ['MODIFIED', '1'])
    first.stop()

    await set('2')
    await t.client.delete(ConfigMap, { namespace, name })
    const second = await t.watch(path, { labelSelector, resourceVersion: last.object.metadata.resourceVersion })
    const modified = await second.next()
    assert.deepEqual([modified.type, modified.object.data.mutation], ['MODIFIED', '2'])
    assert.equal((await second.next()).type, 'DELETED')
  },
)
