// PriorityLevelConfigurations take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'API priority and fairness should support PriorityLevelConfiguration API operations',
    since: '1.29',
    clusterScoped: true,
  },
  async (t) => {
    const failed = (type: string) => timedCondition(t, type, { status: 'False' })
    await checkOperations(t, {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'PriorityLevelConfiguration',
      plural: 'prioritylevelconfigurations',
      clusterScoped: true,
      make: () => ({
        spec: { type: 'Limited', limited: { nominalConcurrencyShares: 2, limitResponse: { type: 'Reject' } } },
      }),
      patch: { spec: { limited: { nominalConcurrencyShares: 4 } } },
      status: [{ conditions: [failed('PatchStatusFailed')] }, { conditions: [failed('UpdateStatusFailed')] }],
    })
  },
)
