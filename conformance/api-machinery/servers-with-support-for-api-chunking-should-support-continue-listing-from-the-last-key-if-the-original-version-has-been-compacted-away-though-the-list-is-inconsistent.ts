// A page of a moment that is no longer known is refused, with a token for going on at the same place as things are now.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makeTemplates } from '../fixtures/pages.ts'

const count = 40
const limit = 7

/** What servers keep of the past is bounded, by time or by size: this much is written, then it is only waited. */
const megabytesToWrite = 80

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Servers with support for API chunking should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent',
    since: '1.29',
    serial: true,
    timeoutMs: 900_000,
  },
  async (t) => {
    await makeTemplates(t, count)
    const path = t.path('v1', 'podtemplates')
    const namesOf = ({ items }: Json): readonly string[] => items.map(({ metadata }: Json) => metadata.name)
    const first = await t.get(path, { limit })
    assert.equal(first.items.length, limit)
    const token = first.metadata.continue

    const large = t.path('v1', 'configmaps', 'large')
    await t.post(t.path('v1', 'configmaps'), { metadata: { name: 'large' }, data: {} })
    const goOn = () => t.request('GET', path, { query: { limit, continue: token } })
    for (let i = 0; i < megabytesToWrite && (await goOn()).status === 200; i++)
      await t.patch(large, 'merge', { data: { filling: String(i % 10).repeat(1_000_000) } })
    const tooOld = async () => {
      const reply = await goOn()
      return reply.status !== 200 && reply
    }
    const expired = await t.eventually('the first page is too old to be continued', tooOld, { timeoutMs: 800_000 })
    assert.deepEqual([expired.status, expired.body.reason], [410, 'Expired'])
    assert.match(expired.body.message, /continue/)
    const inconsistent = expired.body.metadata.continue
    assert.ok(inconsistent)

    await t.post(path, { ...first.items[0], metadata: { name: 'template-9999' } })
    const names: string[] = [...namesOf(first)]
    let next: string | undefined = inconsistent
    const versions = new Set<string>()
    while (next) {
      const page: Json = await t.get(path, { limit, continue: next })
      versions.add(page.metadata.resourceVersion)
      names.push(...namesOf(page))
      next = page.metadata.continue
    }
    assert.equal(names.length, count + 1)
    assert.deepEqual(names, [...names].sort())
    assert.equal(names.at(-1), 'template-9999')
    assert.equal(versions.size, 1)
    assert.ok(!versions.has(first.metadata.resourceVersion))
  },
)
