// To attach to a pod is something that webhooks are asked about.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, rule } from '../fixtures/admission.ts'
import { idlePod, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-api-machinery', name: 'AdmissionWebhook should be able to deny attaching pod', since: '1.16' },
  async (t) => {
    const hooks = await admission(t, {
      '/attach': ({ operation, name, subResource, object }) =>
        operation === 'CONNECT' && subResource === 'attach' && object.kind === 'PodAttachOptions'
          ? { denied: `attaching to pod ${name} is not allowed` }
          : {},
    })
    await hooks.register('validating', [hooks.hook('/attach', { rules: [rule('', 'pods/attach', 'CONNECT')] })])
    await t.post(t.path('v1', 'pods'), { metadata: { name: 'attached' }, spec: idlePod(t) })
    await podReady(t, 'attached')
    const { stderr } = await t.kubectl(['attach', 'attached', '-i', '-c', 'idle'], { fails: true })
    assert.match(stderr, /attaching to pod attached is not allowed/)
  },
)
