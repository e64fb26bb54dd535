// A budget is made, read, updated, patched and deleted.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { budgetPath, makeBudget } from '../fixtures/disruption.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'DisruptionController should create a PodDisruptionBudget', since: '1.21' },
  async (t) => {
    const made = await makeBudget(t, 'budget', { minAvailable: '1%' })
    assert.equal(made.spec.minAvailable, '1%')
    await t.eventually(
      'the budget is looked at',
      async () => (await t.get(budgetPath(t, 'budget'))).status?.observedGeneration,
    )
    const updated = await updateLatest(t, budgetPath(t, 'budget'), ({ spec }) => {
      spec.minAvailable = '2%'
    })
    assert.equal(updated.spec.minAvailable, '2%')
    const patched = await t.patch(budgetPath(t, 'budget'), 'strategic', { spec: { minAvailable: '3%' } })
    assert.equal(patched.spec.minAvailable, '3%')
    assert.equal(patched.metadata.generation, 3)
    await refused(t.patch(budgetPath(t, 'budget'), 'merge', { spec: { maxUnavailable: 1 } }), {
      code: 422,
      reason: 'Invalid',
    })
    await t.delete(budgetPath(t, 'budget'))
    await refused(t.get(budgetPath(t, 'budget')), { code: 404, reason: 'NotFound' })
  },
)
