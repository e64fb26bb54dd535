// Policies take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'MutatingAdmissionPolicy should support MutatingAdmissionPolicy API operations',
    since: '1.36',
    clusterScoped: true,
  },
  (t) =>
    checkOperations(t, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      plural: 'mutatingadmissionpolicies',
      clusterScoped: true,
      make: () => ({
        spec: {
          failurePolicy: 'Ignore',
          reinvocationPolicy: 'Never',
          matchConstraints: {
            resourceRules: [
              { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
            ],
          },
          mutations: [
            {
              patchType: 'ApplyConfiguration',
              applyConfiguration: { expression: 'Object{spec: Object.spec{replicas: 100}}' },
            },
          ],
        },
      }),
      patch: { spec: { failurePolicy: 'Fail' } },
    }),
)
