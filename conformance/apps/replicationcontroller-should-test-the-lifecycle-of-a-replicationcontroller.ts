// Who watches a ReplicationController sees it made, patched, scaled, its status written, and deleted.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { condition } from '../fixtures/conditions.ts'
import { countOfPods, idleTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'ReplicationController should test the lifecycle of a ReplicationController',
    since: '1.20',
  },
  async (t) => {
    const path = (name?: string, part?: string) => t.path('v1', 'replicationcontrollers', name, part)
    const watch = await t.watch(path(), { labelSelector: 'watched=true' })
    const ready = (count: number) =>
      watch.until(`${count} are ready`, ({ object }) => object.status.readyReplicas === count)
    await t.post(path(), {
      metadata: { name: 'life', labels: { watched: 'true' } },
      spec: { replicas: 1, selector: { app: 'life' }, template: idleTemplate(t, { app: 'life' }) },
    })
    assert.equal((await watch.next()).type, 'ADDED')
    await ready(1)

    await t.patch(path('life'), 'strategic', { metadata: { labels: { patched: 'true' } } })
    await watch.until('the patch', ({ object }) => object.metadata.labels.patched === 'true')
    const patched = await t.patch(path('life', 'status'), 'merge', { status: { conditions: [condition('Own')] } })
    assert.equal(patched.status.conditions[0].type, 'Own')
    assert.equal((await t.get(path('life', 'status'))).kind, 'ReplicationController')
    await t.patch(path('life', 'scale'), 'merge', { spec: { replicas: 2 } })
    await ready(2)
    await updateLatest(t, path('life'), (controller) => {
      controller.metadata.annotations = { updated: 'true' }
    })
    await watch.until('the update', ({ object }) => object.metadata.annotations?.updated === 'true')
    const everywhere = await t.get(t.clusterPath('v1', 'replicationcontrollers'), { labelSelector: 'watched=true' })
    assert.ok(everywhere.items.some(({ metadata }: Json) => metadata.namespace === t.namespace))
    await t.delete(path(), { propagationPolicy: 'Background' }, { labelSelector: 'watched=true' })
    await watch.until('the deletion', ({ type }) => type === 'DELETED')
    await countOfPods(t, 'life', 0)
  },
)
