// Configurations are listed by a label; when they are deleted as a collection they are no longer asked.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, configurationPath, denyByData, rule } from '../fixtures/admission.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'AdmissionWebhook listing validating webhooks should work', since: '1.16' },
  async (t) => {
    const hooks = await admission(t, { '/deny': denyByData })
    const label = { list: t.namespace }
    for (let i = 0; i < 3; i++)
      await hooks.register('validating', [hooks.hook('/deny', { rules: [rule('', 'configmaps')] })], label)
    const selection = { labelSelector: `list=${t.namespace}` }
    const list = configurationPath(t, 'validating')
    assert.equal((await t.get(list, selection)).items.length, 3)
    const data = { 'webhook-test': 'disallow' }
    const make = () => t.post(t.path('v1', 'configmaps'), { metadata: { generateName: 'listed-' }, data })
    await refused(make(), { code: 400, message: /unwanted key/ })
    await t.delete(list, undefined, selection)
    assert.deepEqual((await t.get(list, selection)).items, [])
    await t.eventually('nobody refuses config maps any more', make)
  },
)
