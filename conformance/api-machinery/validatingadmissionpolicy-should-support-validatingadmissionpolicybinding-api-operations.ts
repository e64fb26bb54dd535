// Bindings take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'ValidatingAdmissionPolicy should support ValidatingAdmissionPolicyBinding API operations',
    since: '1.30',
    clusterScoped: true,
  },
  (t) =>
    checkOperations(t, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      plural: 'validatingadmissionpolicybindings',
      clusterScoped: true,
      make: () => ({ spec: { policyName: 'conformance-nothing.example.com', validationActions: ['Deny'] } }),
      patch: { spec: { validationActions: ['Warn'] } },
    }),
)
