// FlowSchemas take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'API priority and fairness should support FlowSchema API operations',
    since: '1.29',
    clusterScoped: true,
  },
  async (t) => {
    const failed = (type: string) => timedCondition(t, type, { status: 'False' })
    await checkOperations(t, {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      plural: 'flowschemas',
      clusterScoped: true,
      make: () => ({
        spec: {
          matchingPrecedence: 9000,
          priorityLevelConfiguration: { name: 'global-default' },
          distinguisherMethod: { type: 'ByUser' },
          rules: [
            {
              subjects: [{ kind: 'User', user: { name: 'conformance-nobody' } }],
              nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
            },
          ],
        },
      }),
      patch: { spec: { matchingPrecedence: 9001 } },
      status: [{ conditions: [failed('PatchStatusFailed')] }, { conditions: [failed('UpdateStatusFailed')] }],
    })
  },
)
