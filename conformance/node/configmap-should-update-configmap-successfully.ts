// A ConfigMap is written back with other data, and has them.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'ConfigMap should update ConfigMap successfully', since: '1.32' },
  async (t) => {
    const path = t.path('v1', 'configmaps')
    const { metadata } = await t.post(path, { metadata: { name: 'updated' }, data: { key: 'value' } })
    const updated = await updateLatest(t, `${path}/updated`, (map) => {
      map.data = { other: 'thing' }
    })
    assert.deepEqual(updated.data, { other: 'thing' })
    const read = await t.get(`${path}/updated`)
    assert.deepEqual([read.data, read.metadata.uid], [{ other: 'thing' }, metadata.uid])
  },
)
