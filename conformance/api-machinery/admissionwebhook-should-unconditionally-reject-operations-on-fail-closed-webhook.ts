// What a webhook has to decide on that cannot be reached is refused.

import { behaviour } from '../behaviour.ts'
import { admission, rule } from '../fixtures/admission.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should unconditionally reject operations on fail closed webhook',
    since: '1.16',
  },
  async (t) => {
    const hooks = await admission(t, {})
    // Nobody listens there.
    const clientConfig = { url: 'https://127.0.0.1:1/closed' }
    const objectSelector = { matchLabels: { closed: 'yes' } }
    const fields = { failurePolicy: 'Fail', clientConfig, objectSelector }
    await hooks.register('validating', [hooks.hook('/closed', { rules: [rule('', 'configmaps')], fields })])
    await refused(t.post(t.path('v1', 'configmaps'), { metadata: { name: 'refused', labels: { closed: 'yes' } } }), {
      code: 500,
      reason: 'InternalError',
      message: /failed calling webhook "closed\.conformance\.example\.com": failed to call webhook/,
    })
  },
)
