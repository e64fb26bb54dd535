// A pod that is given less time than it has run ends, and says why.

import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Pods should allow activeDeadlineSeconds to be updated', since: '1.9' },
  async (t) => {
    const path = t.path('v1', 'pods', 'late')
    await makePod(t, 'late', { activeDeadlineSeconds: 600 })
    await podReady(t, 'late')
    await refused(t.patch(path, 'merge', { spec: { activeDeadlineSeconds: 700 } }), { code: 422, reason: 'Invalid' })
    await t.patch(path, 'merge', { spec: { activeDeadlineSeconds: 1 } })
    await t.eventually('it has ended for that', async () => {
      const { status } = await t.get(path)
      return status.phase === 'Failed' && status.reason === 'DeadlineExceeded'
    })
  },
)
