// Who watches a pod sees it made, patched, its status replaced, and deleted.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { conditionOf } from '../fixtures/ending.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Pods should run through the lifecycle of Pods and PodStatus', since: '1.20' },
  async (t) => {
    const path = t.path('v1', 'pods')
    const labelSelector = 'life=pod'
    const watch = await t.watch(path, { labelSelector })
    await makePod(t, 'life', {}, { labels: { life: 'pod' } })
    assert.equal((await watch.next()).type, 'ADDED')
    await podReady(t, 'life')
    await t.patch(`${path}/life`, 'strategic', {
      metadata: { labels: { patched: 'true' } },
      spec: { containers: [{ name: 'idle', image: t.idleImage }] },
    })
    const patched = await watch.until('the patch', ({ object }) => object.metadata.labels.patched === 'true')
    assert.equal(patched.object.metadata.labels.life, 'pod')
    const read = await t.get(`${path}/life/status`)
    assert.deepEqual([read.kind, read.status.phase], ['Pod', 'Running'])
    const replaced = await updateLatest(t, `${path}/life/status`, ({ status }) => {
      status.conditions = [
        ...status.conditions.filter(({ type }: Json) => type !== 'Own'),
        { type: 'Own', status: 'False' },
      ]
    })
    assert.ok(conditionOf(replaced, 'Own'))
    await watch.until('the condition', ({ object }) => conditionOf(object, 'Own') !== undefined)
    await t.delete(path, undefined, { labelSelector })
    await watch.until('the deletion', ({ type }) => type === 'DELETED')
    await refused(t.get(`${path}/life`), { code: 404, reason: 'NotFound' })
  },
)
