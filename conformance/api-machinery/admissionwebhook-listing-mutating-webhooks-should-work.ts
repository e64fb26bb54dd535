// Configurations are listed by a label; when they are deleted as a collection they are no longer asked.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, configurationPath, mutateByStages, rule } from '../fixtures/admission.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'AdmissionWebhook listing mutating webhooks should work', since: '1.16' },
  async (t) => {
    const hooks = await admission(t, { '/mutate': mutateByStages })
    const label = { list: t.namespace }
    for (let i = 0; i < 3; i++)
      await hooks.register('mutating', [hooks.hook('/mutate', { rules: [rule('', 'configmaps')] })], label)
    const selection = { labelSelector: `list=${t.namespace}` }
    const list = configurationPath(t, 'mutating')
    assert.equal((await t.get(list, selection)).items.length, 3)
    const data = { 'mutation-start': 'yes' }
    const make = () => t.post(t.path('v1', 'configmaps'), { metadata: { generateName: 'listed-' }, data })
    assert.equal((await make()).data['mutation-stage-1'], 'yes')
    await t.delete(list, undefined, selection)
    assert.deepEqual((await t.get(list, selection)).items, [])
    await t.eventually('nobody changes config maps any more', async () => {
      assert.deepEqual((await make()).data, data)
      return true
    })
  },
)
