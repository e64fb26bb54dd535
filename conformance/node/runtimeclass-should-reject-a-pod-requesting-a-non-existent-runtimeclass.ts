// A pod cannot ask for a class that is not there.

import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'RuntimeClass should reject a Pod requesting a non-existent RuntimeClass', since: '1.20' },
  async (t) => {
    await refused(makePod(t, 'classless', { runtimeClassName: t.name('nowhere') }), { code: 403, reason: 'Forbidden' })
    await refused(t.get(t.path('v1', 'pods', 'classless')), { code: 404 })
  },
)
