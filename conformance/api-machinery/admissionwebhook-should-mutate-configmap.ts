// Two webhooks of one configuration are asked in their order, and the second sees what the first has changed.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, mutateByStages, rule } from '../fixtures/admission.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'AdmissionWebhook should mutate configmap', since: '1.16' },
  async (t) => {
    const hooks = await admission(t, { '/stage-1': mutateByStages, '/stage-2': mutateByStages })
    const rules = [rule('', 'configmaps')]
    await hooks.register('mutating', [hooks.hook('/stage-1', { rules }), hooks.hook('/stage-2', { rules })])
    const data = { 'mutation-start': 'yes' }
    const made = await t.post(t.path('v1', 'configmaps'), { metadata: { name: 'mutated' }, data })
    const expected = { 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' }
    assert.deepEqual(made.data, expected)
    assert.deepEqual((await t.get(t.path('v1', 'configmaps', 'mutated'))).data, expected)
  },
)
