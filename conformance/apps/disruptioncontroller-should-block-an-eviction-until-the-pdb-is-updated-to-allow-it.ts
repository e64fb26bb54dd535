// An eviction that a budget does not allow is refused, to be tried later, until the budget allows it or is gone.

import assert from 'node:assert/strict'
import { behaviour, type Reply } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { allows, budgetPath, evict, makeBudget, makeCounted } from '../fixtures/disruption.ts'
import { isGone } from '../fixtures/workloads.ts'

const isRefused = ({ status, body }: Reply): void => {
  assert.deepEqual([status, body.reason], [429, 'TooManyRequests'])
  assert.match(body.message, /disruption budget/)
}

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'DisruptionController should block an eviction until the PDB is updated to allow it',
    since: '1.22',
  },
  async (t) => {
    const [first = '', second = '', third = ''] = await makeCounted(t, 'guarded', 3)
    await makeBudget(t, 'guarded', { minAvailable: 3 })
    await allows(t, 'guarded', 0)
    isRefused(await evict(t, first))
    assert.equal((await t.get(t.path('v1', 'pods', first))).metadata.deletionTimestamp, undefined)

    await updateLatest(t, budgetPath(t, 'guarded'), ({ spec }) => {
      spec.minAvailable = 2
    })
    await allows(t, 'guarded', 1)
    assert.equal((await evict(t, first)).status, 201)
    await isGone(t, t.path('v1', 'pods', first))
    await allows(t, 'guarded', 0)
    isRefused(await evict(t, second))

    await t.patch(budgetPath(t, 'guarded'), 'merge', { spec: { minAvailable: '100%' } })
    await t.delete(budgetPath(t, 'guarded'))
    for (const name of [second, third]) assert.equal((await evict(t, name)).status, 201)
  },
)
