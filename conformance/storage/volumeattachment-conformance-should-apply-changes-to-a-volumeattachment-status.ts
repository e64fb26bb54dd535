// The status of an attachment is patched and replaced on its own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { attachmentOf } from '../fixtures/storage.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'VolumeAttachment Conformance should apply changes to a volumeattachment status',
    since: '1.32',
    clusterScoped: true,
  },
  async (t) => {
    const name = t.name('attachment')
    const path = t.clusterPath('storage.k8s.io/v1', 'volumeattachments')
    t.cleanup(() => t.delete(`${path}/${name}`))
    await t.post(path, { metadata: { name }, ...attachmentOf(name) })
    const patched = await t.patch(`${path}/${name}/status`, 'merge', {
      status: { attached: true },
      spec: { nodeName: 'other' },
    })
    assert.deepEqual([patched.status.attached, patched.spec.nodeName], [true, name])
    const updated = await updateLatest(t, `${path}/${name}/status`, ({ status }) => {
      status.attached = false
      status.attachmentMetadata = { device: 'sda' }
    })
    assert.deepEqual(updated.status, { attached: false, attachmentMetadata: { device: 'sda' } })
    await t.patch(`${path}/${name}`, 'merge', {
      metadata: { annotations: { patched: 'true' } },
      status: { attached: true },
    })
    const read = await t.get(`${path}/${name}/status`)
    assert.equal(read.kind, 'VolumeAttachment')
    assert.deepEqual(read.status, updated.status)
  },
)
