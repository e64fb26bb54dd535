// Rules that are replaced or patched hold soon.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, mutateByStages, rule } from '../fixtures/admission.ts'
import { updateLatest } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook patching/updating a mutating webhook should work',
    since: '1.16',
  },
  async (t) => {
    const hooks = await admission(t, { '/mutate': mutateByStages })
    const path = await hooks.register('mutating', [hooks.hook('/mutate', { rules: [rule('', 'configmaps')] })])
    const isMutated = async () => {
      const data = { 'mutation-start': 'yes' }
      const made = await t.post(t.path('v1', 'configmaps'), { metadata: { generateName: 'changed-' }, data })
      return made.data['mutation-stage-1'] === 'yes'
    }
    assert.equal(await isMutated(), true)
    const updated = await updateLatest(t, path, ({ webhooks }) => {
      webhooks[0].rules[0].operations = ['UPDATE']
    })
    assert.deepEqual(updated.webhooks[0].rules[0].operations, ['UPDATE'])
    await t.eventually('what is created is left alone', async () => !(await isMutated()))
    const operations = { op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }
    await t.patch(path, 'json', [operations])
    await t.eventually('what is created is changed again', isMutated)
  },
)
