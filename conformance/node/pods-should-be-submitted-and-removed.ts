// Who watches sees a pod come, being told to end, and gone.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Pods should be submitted and removed', since: '1.9' },
  async (t) => {
    const labels = { time: t.name('time') }
    const labelSelector = `time=${labels.time}`
    const path = t.path('v1', 'pods')
    const list = await t.get(path, { labelSelector })
    assert.deepEqual(list.items, [])
    const watch = await t.watch(path, { labelSelector, resourceVersion: list.metadata.resourceVersion })
    await makePod(t, 'brief', {}, { labels })
    assert.equal((await watch.next()).type, 'ADDED')
    await podReady(t, 'brief')
    assert.equal((await t.get(path, { labelSelector })).items.length, 1)
    await t.delete(`${path}/brief`, { gracePeriodSeconds: 30 })
    const told = await watch.until('it is told to end', ({ object }) => object.metadata.deletionTimestamp !== undefined)
    assert.equal(told.object.metadata.deletionGracePeriodSeconds, 30)
    await watch.until('it is gone', ({ type }) => type === 'DELETED')
    assert.deepEqual((await t.get(path, { labelSelector })).items, [])
  },
)
