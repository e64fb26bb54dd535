// RuntimeClasses take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'RuntimeClass should support RuntimeClasses API operations',
    since: '1.20',
    clusterScoped: true,
  },
  async (t) => {
    await checkOperations(t, {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      plural: 'runtimeclasses',
      clusterScoped: true,
      make: () => ({ handler: 'unconfigured' }),
      patch: {},
    })
    const name = t.name('class')
    const path = t.clusterPath('node.k8s.io/v1', 'runtimeclasses')
    t.cleanup(() => t.delete(`${path}/${name}`))
    await t.post(path, { metadata: { name }, handler: 'unconfigured' })
    await refused(t.patch(`${path}/${name}`, 'merge', { handler: 'other' }), { code: 422, reason: 'Invalid' })
  },
)
