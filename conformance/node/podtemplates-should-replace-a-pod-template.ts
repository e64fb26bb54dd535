// A pod template is written back changed.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { idleTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'PodTemplates should replace a pod template', since: '1.24' },
  async (t) => {
    const path = t.path('v1', 'podtemplates')
    await t.post(path, { metadata: { name: 'replaced' }, template: idleTemplate(t, { app: 'first' }) })
    const updated = await updateLatest(t, `${path}/replaced`, (template) => {
      template.metadata.annotations = { updated: 'true' }
      template.template.spec.containers[0].image = 'example.com/other:1'
    })
    assert.equal(updated.metadata.annotations.updated, 'true')
    assert.equal((await t.get(`${path}/replaced`)).template.spec.containers[0].image, 'example.com/other:1')
  },
)
