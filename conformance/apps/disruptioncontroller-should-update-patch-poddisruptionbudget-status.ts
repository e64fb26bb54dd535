// The status of a budget is replaced and patched on its own.

import assert from 'node:assert/strict'
import { formatTime } from '#lib/clock.ts'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { allows, budgetPath, makeBudget, makeCounted } from '../fixtures/disruption.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'DisruptionController should update/patch PodDisruptionBudget status', since: '1.21' },
  async (t) => {
    const [pod = ''] = await makeCounted(t, 'told', 1)
    await makeBudget(t, 'told', { minAvailable: 1 })
    await allows(t, 'told', 0)
    const nowText = formatTime(t.clock.now())
    const updated = await updateLatest(t, budgetPath(t, 'told', 'status'), (budget) => {
      budget.status.disruptedPods = { [pod]: nowText }
      budget.spec.minAvailable = 7
    })
    assert.deepEqual(updated.status.disruptedPods, { [pod]: nowText })
    assert.equal(updated.spec.minAvailable, 1)
    const patched = await t.patch(budgetPath(t, 'told', 'status'), 'merge', { status: { disruptedPods: null } })
    assert.equal(patched.status.disruptedPods, undefined)
    assert.equal((await t.get(budgetPath(t, 'told', 'status'))).status.disruptedPods, undefined)
  },
)
