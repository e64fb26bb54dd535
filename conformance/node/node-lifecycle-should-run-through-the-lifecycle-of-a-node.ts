// Nodes are made, patched, updated, told of and deleted by whoever may.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Node Lifecycle should run through the lifecycle of a node',
    since: '1.32',
    clusterScoped: true,
  },
  async (t) => {
    const labels = { conformance: t.name('node') }
    const labelSelector = `conformance=${labels.conformance}`
    const path = t.clusterPath('v1', 'nodes')
    const name = t.name('node')
    t.cleanup(() => t.delete(`${path}/${name}`))
    const watch = await t.watch(path, { labelSelector })
    const made = await t.post(path, { metadata: { name, labels }, spec: { unschedulable: true } })
    assert.equal(made.spec.unschedulable, true)
    assert.equal((await watch.next()).type, 'ADDED')
    const patched = await t.patch(`${path}/${name}`, 'strategic', { metadata: { labels: { patched: 'true' } } })
    assert.equal(patched.metadata.labels.patched, 'true')
    await updateLatest(t, `${path}/${name}`, (node) => {
      node.metadata.labels.updated = 'true'
      node.spec.taints = [...(node.spec.taints ?? []), { key: 'example.com/own', effect: 'NoSchedule' }]
    })
    const updated = await watch.until('the update', ({ object }) => object.metadata.labels.updated === 'true')
    assert.ok(updated.object.spec.taints.some(({ key }: Json) => key === 'example.com/own'))
    const status = await t.patch(`${path}/${name}/status`, 'merge', {
      status: { capacity: { 'example.com/dongle': '3' } },
    })
    assert.equal(status.status.capacity['example.com/dongle'], '3')
    assert.equal((await t.get(path, { labelSelector })).items.length, 1)
    await t.delete(path, undefined, { labelSelector })
    await watch.until('the deletion', ({ type }) => type === 'DELETED')
    await refused(t.get(`${path}/${name}`), { code: 404, reason: 'NotFound' })
  },
)
