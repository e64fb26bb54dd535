// A pod cannot ask for a class that is not there any more.

import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'
import { makeRuntimeClass } from '../fixtures/runtime-classes.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'RuntimeClass should reject a Pod requesting a deleted RuntimeClass', since: '1.20' },
  async (t) => {
    const name = await makeRuntimeClass(t)
    await t.eventually('the class is known', () => makePod(t, 'before', { runtimeClassName: name }))
    await t.delete(t.clusterPath('node.k8s.io/v1', 'runtimeclasses', name))
    let tries = 0
    await t.eventually('the class is not known any more', async () => {
      const asked = makePod(t, `after-${tries++}`, { runtimeClassName: name })
      await refused(asked, { code: 403, reason: 'Forbidden' })
      return true
    })
  },
)
