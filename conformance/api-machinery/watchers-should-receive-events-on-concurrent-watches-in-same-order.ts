// Watches that begin at different versions see the same versions in the same order from there on.

import assert from 'node:assert/strict'
import { ConfigMap } from '#api/core/config-map.ts'
import { behaviour, type WatchedEvent } from '../behaviour.ts'

const writers = 6
const writesEach = 12

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Watchers should receive events on concurrent watches in same order',
    since: '1.15',
  },
  async (t) => {
    const { namespace } = t
    const path = t.path('v1', 'configmaps')
    const last = 'the-last'
    const isLast = ({ object }: WatchedEvent) => object.metadata.name === last
    const versionsOf = async (resourceVersion: string): Promise<readonly string[]> => {
      const watch = await t.watch(path, { resourceVersion })
      const versions: string[] = []
      for (let event = await watch.next(); !isLast(event); event = await watch.next())
        versions.push(event.object.metadata.resourceVersion)
      watch.stop()
      return versions
    }

    const { metadata } = await t.get(path)
    const main = versionsOf(metadata.resourceVersion)
    const starts: string[] = []
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        const ref = { namespace, name: `writer-${writer}` }
        const created = await t.client.create(ConfigMap, { metadata: ref })
        starts.push(created.metadata.resourceVersion ?? '')
        for (let i = 0; i < writesEach; i++) {
          const patched = await t.client.patch(ConfigMap, ref, { data: { i: String(i) } }, { type: 'merge' })
          starts.push(patched.metadata.resourceVersion ?? '')
        }
        await t.client.delete(ConfigMap, ref)
      }),
    )
    const others = starts.filter((_, i) => i % 5 === 0).map(async (from) => [from, await versionsOf(from)] as const)
    await t.client.create(ConfigMap, { metadata: { name: last, namespace } })

    const all = await main
    assert.equal(all.length, writers * (writesEach + 2))
    assert.equal(new Set(all).size, all.length)
    for (const [from, versions] of await Promise.all(others))
      assert.deepEqual(versions, all.slice(all.indexOf(from) + 1))
  },
)
