// The status of a Job is read, replaced and patched on its own.

import { behaviour } from '../behaviour.ts'
import { checkStatus } from '../fixtures/status.ts'
import { jobOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Job should apply changes to a job status', since: '1.24' },
  async (t) => {
    const collection = t.path('batch/v1', 'jobs')
    await t.post(collection, { metadata: { name: 'told' }, spec: { ...jobOf(t).spec, parallelism: 0, suspend: false } })
    await checkStatus(t, { collection, name: 'told', spec: { parallelism: 7 } })
  },
)
