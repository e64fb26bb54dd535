// Webhooks refuse what is created, replaced and patched; one that hangs is given up; an exempt namespace is exempt.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, denyByData, rule } from '../fixtures/admission.ts'
import { makeNamespace } from '../fixtures/namespaces.ts'
import { refused } from '../fixtures/refused.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should be able to deny pod and configmap creation',
    since: '1.16',
  },
  async (t) => {
    const hooks = await admission(t, {
      '/pods': async ({ object }) => {
        if (object.spec.containers[0].name === 'hang') await t.clock.sleep(3000, t.signal)
        return object.spec.containers[0].name === 'unwanted' ? { denied: 'the container is not wanted' } : {}
      },
      '/configmaps': denyByData,
    })
    await hooks.register('validating', [
      hooks.hook('/pods', { rules: [rule('', 'pods')], fields: { timeoutSeconds: 1 } }),
      hooks.hook('/configmaps', { rules: [rule('', 'configmaps', 'CREATE', 'UPDATE', 'DELETE')] }),
    ])
    const makePod = (name: string) => t.post(t.path('v1', 'pods'), { metadata: { name }, spec: idlePod(t, { name }) })
    await refused(makePod('unwanted'), { code: 400, message: /denied the request: the container is not wanted/ })
    const hanging = await t.request('POST', t.path('v1', 'pods'), {
      body: { metadata: { name: 'hang' }, spec: idlePod(t, { name: 'hang' }) },
    })
    assert.ok(hanging.status >= 500, hanging.text)
    assert.match(hanging.body.message, /deadline exceeded|request did not complete|Client\.Timeout/)
    await makePod('wanted')

    const path = (name?: string) => t.path('v1', 'configmaps', name)
    const unwanted = { data: { 'webhook-test': 'disallow' } }
    const denied = { code: 400, message: /denied the request: the data contains unwanted key/ }
    await refused(t.post(path(), { metadata: { name: 'refused' }, ...unwanted }), denied)
    const made = await t.post(path(), { metadata: { name: 'made' }, data: { fine: 'yes' } })
    await refused(t.put(path('made'), { ...made, ...unwanted }), denied)
    await refused(t.patch(path('made'), 'merge', unwanted), denied)
    assert.deepEqual((await t.get(path('made'))).data, { fine: 'yes' })

    const { metadata } = await makeNamespace(t)
    await t.post(`/api/v1/namespaces/${metadata.name}/configmaps`, { metadata: { name: 'exempt' }, ...unwanted })
  },
)
