// Policies take every verb, and have a status of their own.

import { formatTime } from '#lib/clock.ts'
import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ValidatingAdmissionPolicy should support ValidatingAdmissionPolicy API operations',
    since: '1.30',
    clusterScoped: true,
  },
  async (t) => {
    const condition = {
      status: 'False',
      reason: 'Test',
      message: 'Set by a test',
      lastTransitionTime: formatTime(t.clock.now()),
    }
    await checkOperations(t, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      plural: 'validatingadmissionpolicies',
      clusterScoped: true,
      make: () => ({
        spec: {
          failurePolicy: 'Ignore',
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: ['apps'],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['deployments'],
              },
            ],
          },
          validations: [{ expression: 'object.spec.replicas <= 100' }],
        },
      }),
      patch: { spec: { failurePolicy: 'Fail' } },
      status: [
        { conditions: [{ type: 'PatchStatusFailed', ...condition }] },
        { conditions: [{ type: 'UpdateStatusFailed', ...condition }] },
      ],
    })
  },
)
