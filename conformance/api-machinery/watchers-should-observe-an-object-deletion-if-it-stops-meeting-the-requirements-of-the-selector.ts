// A watch with a selector shows an object that no longer matches as deleted, in its last state that did, and one that
// matches again as added. What it does not match it does not show.

import assert from 'node:assert/strict'
import { ConfigMap } from '#api/core/config-map.ts'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Watchers should observe an object deletion if it stops meeting the requirements of the selector',
    since: '1.11',
  },
  async (t) => {
    const name = 'label-changed'
    const watch = await t.watch(t.path('v1', 'configmaps'), { labelSelector: 'watch=this' })
    const set = (label: string, mutation: string) =>
      t.client.patch(
        ConfigMap,
        { namespace: t.namespace, name },
        { metadata: { labels: { watch: label } }, data: { mutation } },
        { type: 'merge' },
      )
    const next = async () => {
      const { type, object } = await watch.next()
      return [type, object.metadata.name, object.data?.mutation ?? '', object.metadata.labels.watch]
    }

    await t.client.create(ConfigMap, { metadata: { name, namespace: t.namespace, labels: { watch: 'this' } } })
    await set('this', '1')
    await set('other', '2')
    assert.deepEqual(await next(), ['ADDED', name, '', 'this'])
    assert.deepEqual(await next(), ['MODIFIED', name, '1', 'this'])
    assert.deepEqual((await next()).slice(0, 2), ['DELETED', name])

    await set('other', '3')
    await set('this', '4')
    await set('this', '5')
    await t.client.delete(ConfigMap, { namespace: t.namespace, name })
    assert.deepEqual(await next(), ['ADDED', name, '4', 'this'])
    assert.deepEqual(await next(), ['MODIFIED', name, '5', 'this'])
    assert.deepEqual(await next(), ['DELETED', name, '5', 'this'])
  },
)
