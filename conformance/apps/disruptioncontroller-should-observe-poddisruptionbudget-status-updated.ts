// The status of a budget says how many pods there are, and how many of them may go.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { allows, makeBudget, makeCounted } from '../fixtures/disruption.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'DisruptionController should observe PodDisruptionBudget status updated', since: '1.21' },
  async (t) => {
    await makeCounted(t, 'counted', 3)
    await makeBudget(t, 'counted', { minAvailable: 1 })
    const status = await allows(t, 'counted', 2)
    assert.deepEqual([status.currentHealthy, status.desiredHealthy, status.expectedPods], [3, 1, 3])
    const condition = status.conditions.find((each: Json) => each.type === 'DisruptionAllowed')
    assert.equal(condition.status, 'True')
  },
)
