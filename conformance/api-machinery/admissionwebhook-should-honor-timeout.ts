// A webhook that takes longer than its timeout is a failure, and its failure policy says what that means.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, rule } from '../fixtures/admission.ts'

const takesMs = 1500

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'AdmissionWebhook should honor timeout', since: '1.16' },
  async (t) => {
    const hooks = await admission(t, {
      '/slow': async () => {
        await t.clock.sleep(takesMs, t.signal)
        return {}
      },
    })
    const cases = [
      { name: 'fails', fields: { timeoutSeconds: 1, failurePolicy: 'Fail' }, passes: false },
      { name: 'ignored', fields: { timeoutSeconds: 1, failurePolicy: 'Ignore' }, passes: true },
      { name: 'waits', fields: { timeoutSeconds: 5, failurePolicy: 'Fail' }, passes: true },
      { name: 'default', fields: { failurePolicy: 'Fail' }, passes: true },
    ]
    await Promise.all(
      cases.map(async ({ name, fields, passes }) => {
        const objectSelector = { matchLabels: { slow: name } }
        const hook = hooks.hook('/slow', { rules: [rule('', 'configmaps')], fields: { ...fields, objectSelector } })
        const path = await hooks.register('validating', [hook])
        const { webhooks } = await t.get(path)
        assert.equal(webhooks[0].timeoutSeconds, fields.timeoutSeconds ?? 10)
        const { status, body, text } = await t.request('POST', t.path('v1', 'configmaps'), {
          body: { metadata: { name, labels: { slow: name } } },
        })
        assert.equal(status < 300, passes, text)
        if (!passes) assert.match(body.message, /failed calling webhook.*(deadline exceeded|Client\.Timeout|timeout)/)
      }),
    )
  },
)
