// What a webhook adds that the schema does not have is dropped as if it had been sent.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, dataSchema, mutateByStages, rule } from '../fixtures/admission.ts'
import { define } from '../fixtures/definition.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'AdmissionWebhook should mutate custom resource with pruning', since: '1.16' },
  async (t) => {
    const custom = await define(t, { schema: dataSchema('mutation-start', 'mutation-stage-1') })
    const hooks = await admission(t, { '/stage-1': mutateByStages, '/stage-2': mutateByStages })
    const rules = [rule(custom.group, custom.plural)]
    await hooks.register('mutating', [hooks.hook('/stage-1', { rules }), hooks.hook('/stage-2', { rules })])
    const { data } = await t.post(custom.path(), custom.object('mutated', { data: { 'mutation-start': 'yes' } }))
    assert.deepEqual(data, { 'mutation-start': 'yes', 'mutation-stage-1': 'yes' })
  },
)
