// Quotas are listed across namespaces by a label, patched, and deleted as a collection.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { quotaPath, used } from '../fixtures/quota.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ResourceQuota should manage the lifecycle of a ResourceQuota',
    since: '1.25',
  },
  async (t) => {
    await checkOperations(t, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      plural: 'resourcequotas',
      make: () => ({ spec: { hard: { cpu: '1', memory: '500Mi' } } }),
      patch: { spec: { hard: { memory: '750Mi' } } },
    })
    await t.post(quotaPath(t), { metadata: { name: 'followed' }, spec: { hard: { pods: '1' } } })
    assert.deepEqual((await used(t, 'followed', { pods: '0' })).hard, { pods: '1' })
    await t.patch(quotaPath(t, 'followed'), 'merge', { spec: { hard: { pods: '2' } } })
    await t.eventually('the status follows the patch', async () => {
      assert.deepEqual((await t.get(quotaPath(t, 'followed'))).status.hard, { pods: '2' })
      return true
    })
  },
)
