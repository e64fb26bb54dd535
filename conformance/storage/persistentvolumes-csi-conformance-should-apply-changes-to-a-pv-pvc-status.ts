// The status of a volume and that of a claim are patched and replaced on their own.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { condition } from '../fixtures/conditions.ts'
import { claimOf, volumeOf } from '../fixtures/storage.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'PersistentVolumes CSI Conformance should apply changes to a pv/pvc status',
    since: '1.29',
  },
  async (t) => {
    const storageClassName = t.name('nobody')
    const volume = t.name('volume')
    const volumes = t.clusterPath('v1', 'persistentvolumes')
    t.cleanup(() => t.delete(`${volumes}/${volume}`))
    await t.post(volumes, { metadata: { name: volume }, ...volumeOf(storageClassName) })
    const failed = { message: 'Set by a test', reason: 'Test' }
    const patched = await t.patch(`${volumes}/${volume}/status`, 'merge', {
      status: failed,
      spec: { storageClassName: 'other' },
    })
    assert.partialDeepStrictEqual(patched.status, failed)
    assert.equal(patched.spec.storageClassName, storageClassName)
    const updated = await updateLatest(t, `${volumes}/${volume}/status`, ({ status }) => {
      status.reason = 'Updated'
    })
    assert.equal(updated.status.reason, 'Updated')

    const claims = t.path('v1', 'persistentvolumeclaims')
    await t.post(claims, { metadata: { name: 'told' }, ...claimOf(`${storageClassName}-other`) })
    const told = (reason: string) => condition('Told', { reason })
    const claim = await t.patch(`${claims}/told/status`, 'merge', { status: { conditions: [told('Patched')] } })
    assert.deepEqual(claim.status.conditions, [told('Patched')])
    const replaced = await updateLatest(t, `${claims}/told/status`, ({ status }) => {
      status.conditions = [told('Updated')]
    })
    assert.deepEqual(replaced.status.conditions, [told('Updated')])
    await t.patch(`${claims}/told`, 'merge', {
      metadata: { labels: { patched: 'true' } },
      status: { conditions: null },
    })
    assert.deepEqual((await t.get(`${claims}/told/status`)).status.conditions, [told('Updated')])
  },
)
