// A secret is found by its label in all namespaces, patched, and deleted by its label.

import assert from 'node:assert/strict'
import { behaviour, type Query } from '../behaviour.ts'
import { refused } from '../fixtures/refused.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

export const test = behaviour(
  { group: 'sig-node', name: 'Secrets should patch a secret', since: '1.18' },
  async (t) => {
    const path = t.path('v1', 'secrets')
    const constant = t.name('secret')
    const labels = { testsecret: 'true', constant }
    await t.post(path, { metadata: { name: 'patched', labels }, data: { key: base64('value') }, type: 'Opaque' })
    const labelSelector = `constant=${constant}`
    const found = async (query: Query) => (await t.get(t.clusterPath('v1', 'secrets'), query)).items
    assert.equal((await found({ labelSelector })).length, 1)
    await t.patch(`${path}/patched`, 'strategic', {
      metadata: { labels: { testsecret: 'false' } },
      data: { key: base64('value1') },
    })
    const [patched] = await found({ labelSelector: `testsecret=false,${labelSelector}` })
    assert.equal(patched.data.key, base64('value1'))
    await refused(t.patch(`${path}/patched`, 'merge', { type: 'other' }), { code: 422, reason: 'Invalid' })
    await t.delete(path, undefined, { labelSelector })
    assert.deepEqual(await found({ labelSelector }), [])
  },
)
