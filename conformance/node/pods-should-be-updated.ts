// The labels of a running pod change, and it is found by the new ones.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makePod } from '../fixtures/nodes.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour({ group: 'sig-node', name: 'Pods should be updated', since: '1.9' }, async (t) => {
  const path = t.path('v1', 'pods')
  const made = await makePod(t, 'updated', {}, { labels: { time: 'before' } })
  await podReady(t, 'updated')
  await updateLatest(t, `${path}/updated`, ({ metadata }) => {
    metadata.labels.time = 'after'
  })
  assert.deepEqual((await t.get(path, { labelSelector: 'time=before' })).items, [])
  const { items } = await t.get(path, { labelSelector: 'time=after' })
  assert.deepEqual(
    items.map(({ metadata }: Json) => metadata.uid),
    [made.metadata.uid],
  )
})
