// Watches with different selectors each see all of what they select, in its order, and nothing else.

import assert from 'node:assert/strict'
import { ConfigMap } from '#api/core/config-map.ts'
import { behaviour } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Watchers should observe add, update, and delete watch notifications on configmaps',
    since: '1.11',
  },
  async (t) => {
    const { namespace } = t
    const open = (labelSelector: string) => t.watch(t.path('v1', 'configmaps'), { labelSelector })
    const [a, b, both] = [await open('set=a'), await open('set=b'), await open('set in (a,b)')]
    const create = (name: string) =>
      t.client.create(ConfigMap, { metadata: { name, namespace, labels: { set: name } } })
    const set = (name: string, mutation: string) =>
      t.client.patch(ConfigMap, { namespace, name }, { data: { mutation } }, { type: 'merge' })
    const remove = (name: string) => t.client.delete(ConfigMap, { namespace, name })

    await create('a')
    await set('a', '1')
    await set('a', '2')
    await create('b')
    await remove('a')
    await remove('b')

    const ofA = ['ADDED a', 'MODIFIED a 1', 'MODIFIED a 2', 'DELETED a 2']
    const ofB = ['ADDED b', 'DELETED b']
    const ofBoth = ['ADDED a', 'MODIFIED a 1', 'MODIFIED a 2', 'ADDED b', 'DELETED a 2', 'DELETED b']
    for (const [watch, expected] of [
      [a, ofA],
      [b, ofB],
      [both, ofBoth],
    ] as const) {
      const seen: string[] = []
      while (seen.length < expected.length) {
        const { type, object } = await watch.next()
        seen.push([type, object.metadata.name, object.data?.mutation ?? ''].join(' ').trim())
      }
      assert.deepEqual(seen, expected)
    }
  },
)
