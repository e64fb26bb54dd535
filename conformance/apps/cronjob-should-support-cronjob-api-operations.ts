// CronJobs take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'CronJob should support CronJob API operations', since: '1.21' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      plural: 'cronjobs',
      make: () => ({
        spec: {
          schedule: '* */1 * * ?',
          // Nothing comes of it.
          suspend: true,
          concurrencyPolicy: 'Allow',
          jobTemplate: { spec: { template: { spec: { ...idlePod(t), restartPolicy: 'OnFailure' } } } },
        },
      }),
      patch: { spec: { startingDeadlineSeconds: 100 } },
      status: [{ lastScheduleTime: '2030-01-01T00:00:00Z' }, { lastScheduleTime: '2030-01-02T00:00:00Z' }],
    }),
)
