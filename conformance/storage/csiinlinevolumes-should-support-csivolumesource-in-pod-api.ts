// A volume of a driver stands in a pod as it was said.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'
import { isGone, nowhereTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'CSIInlineVolumes should support CSIVolumeSource in Pod API', since: '1.26' },
  async (t) => {
    const csi = {
      driver: 'nobody.example.com',
      volumeAttributes: { 'my-csi-attribute': 'value' },
      fsType: 'ext4',
      readOnly: true,
    }
    const volumes = [{ name: 'inline', csi }]
    await makePod(t, 'inline', { ...nowhereTemplate(t, 'inline').spec, volumes }, { labels: { csi: 'inline' } })
    const found = ({ spec }: Json) => spec.volumes.find(({ name }: Json) => name === 'inline').csi
    assert.deepEqual(found(await t.get(t.path('v1', 'pods', 'inline'))), csi)
    const { items } = await t.get(t.path('v1', 'pods'), { labelSelector: 'csi=inline' })
    assert.deepEqual(items.map(found), [csi])
    const nameless = { ...nowhereTemplate(t, 'inline').spec, volumes: [{ name: 'inline', csi: {} }] }
    await refused(makePod(t, 'nameless', nameless), { code: 422, reason: 'Invalid' })
    await t.delete(t.path('v1', 'pods', 'inline'))
    await isGone(t, t.path('v1', 'pods', 'inline'))
  },
)
