// Custom objects are admitted as built-in ones are; who decides on a deletion sees what is deleted.

import { behaviour } from '../behaviour.ts'
import { admission, dataSchema, denyByData, rule } from '../fixtures/admission.ts'
import { define } from '../fixtures/definition.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should be able to deny custom resource creation, update and deletion',
    since: '1.16',
  },
  async (t) => {
    const custom = await define(t, { schema: dataSchema() })
    const hooks = await admission(t, { '/custom': denyByData })
    const rules = [rule(custom.group, custom.plural, 'CREATE', 'UPDATE', 'DELETE')]
    await hooks.register('validating', [hooks.hook('/custom', { rules })])
    const denied = { code: 400, message: /denied the request: the data contains unwanted key/ }
    const unwanted = { data: { 'webhook-test': 'disallow' } }
    await refused(t.post(custom.path(), custom.object('refused', unwanted)), denied)
    await t.post(custom.path(), custom.object('kept', { data: { 'webhook-nondeletable': 'true' } }))
    await refused(t.patch(custom.path('kept'), 'merge', unwanted), denied)
    await refused(t.delete(custom.path('kept')), { code: 400, message: /denied the request: it cannot be deleted/ })
    await t.patch(custom.path('kept'), 'merge', { data: { 'webhook-nondeletable': 'false' } })
    await t.delete(custom.path('kept'))
    await refused(t.get(custom.path('kept')), { code: 404 })
  },
)
