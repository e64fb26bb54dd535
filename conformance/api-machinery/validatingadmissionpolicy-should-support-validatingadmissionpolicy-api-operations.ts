// Policies take every verb, and have a status of their own.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { timedCondition } from '../fixtures/conditions.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ValidatingAdmissionPolicy should support ValidatingAdmissionPolicy API operations',
    since: '1.30',
    clusterScoped: true,
  },
  async (t) => {
    const failed = (type: string) => timedCondition(t, type, { status: 'False' })
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
      status: [{ conditions: [failed('PatchStatusFailed')] }, { conditions: [failed('UpdateStatusFailed')] }],
    })
  },
)
