// What a webhook adds to a pod gets the defaults that what was sent gets.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { admission, rule } from '../fixtures/admission.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should mutate pod and apply defaults after mutation',
    since: '1.16',
  },
  async (t) => {
    const added = { name: 'added', image: t.idleImage, resources: {} }
    const hooks = await admission(t, {
      '/pods': () => ({ patch: [{ op: 'add', path: '/spec/initContainers', value: [added] }] }),
    })
    await hooks.register('mutating', [hooks.hook('/pods', { rules: [rule('', 'pods')] })])
    const { spec } = await t.post(t.path('v1', 'pods'), { metadata: { name: 'mutated' }, spec: idlePod(t) })
    assert.equal(spec.initContainers.length, 1)
    assert.partialDeepStrictEqual(spec.initContainers[0], {
      name: 'added',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    })
  },
)
