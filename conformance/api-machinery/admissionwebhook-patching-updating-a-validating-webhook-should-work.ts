// Rules that are replaced or patched hold soon.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, denyByData, rule } from '../fixtures/admission.ts'
import { updateLatest } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook patching/updating a validating webhook should work',
    since: '1.16',
  },
  async (t) => {
    const hooks = await admission(t, { '/deny': denyByData })
    const path = await hooks.register('validating', [hooks.hook('/deny', { rules: [rule('', 'configmaps')] })])
    const isDenied = async () => {
      const body = { metadata: { generateName: 'changed-' }, data: { 'webhook-test': 'disallow' } }
      const { status, text } = await t.request('POST', t.path('v1', 'configmaps'), { body })
      assert.ok(status === 201 || text.includes('unwanted key'), text)
      return status !== 201
    }
    assert.equal(await isDenied(), true)
    const updated = await updateLatest(t, path, ({ webhooks }) => {
      webhooks[0].rules[0].operations = ['UPDATE']
    })
    assert.deepEqual(updated.webhooks[0].rules[0].operations, ['UPDATE'])
    await t.eventually('what is created passes', async () => !(await isDenied()))
    const operations = { op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }
    await t.patch(path, 'json', [operations])
    await t.eventually('what is created is refused again', isDenied)
  },
)
