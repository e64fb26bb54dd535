// Jobs that are suspended take every verb, and start nothing meanwhile.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { jobOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Job should manage the lifecycle of a job', since: '1.25' },
  async (t) => {
    await checkOperations(t, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      plural: 'jobs',
      make: () => jobOf(t),
      patch: { spec: { activeDeadlineSeconds: 600, backoffLimit: 3 } },
    })
    assert.deepEqual((await t.get(t.path('v1', 'pods'))).items, [])
  },
)
