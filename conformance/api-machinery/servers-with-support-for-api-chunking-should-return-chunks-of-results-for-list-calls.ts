// Pages of a list show one moment: each says how many are left, all have one resourceVersion, and together they are
// what a list without a limit gives, whatever was written meanwhile.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeTemplates } from '../fixtures/pages.ts'

const count = 40

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Servers with support for API chunking should return chunks of results for list calls',
    since: '1.29',
  },
  async (t) => {
    await makeTemplates(t, count)
    const path = t.path('v1', 'podtemplates')
    for (const limit of [3, 7, 39, 41]) {
      const names: string[] = []
      let next: string | undefined
      let resourceVersion: string | undefined
      do {
        const { items, metadata } = await t.get(path, { limit, continue: next })
        resourceVersion ??= metadata.resourceVersion
        assert.equal(metadata.resourceVersion, resourceVersion)
        assert.ok(items.length <= limit)
        names.push(...items.map((item: { metadata: { name: string } }) => item.metadata.name))
        next = metadata.continue || undefined
        assert.equal(metadata.remainingItemCount ?? 0, count - names.length)
        if (limit === 7) await t.patch(`${path}/${names.at(-1)}`, 'merge', { metadata: { labels: { touched: 'yes' } } })
      } while (next !== undefined)
      assert.equal(names.length, count)
      assert.deepEqual(names, [...names].sort())
    }
    const { items, metadata } = await t.get(path)
    assert.equal(items.length, count)
    assert.equal(metadata.continue ?? '', '')
  },
)
