// Bindings take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'MutatingAdmissionPolicy should support MutatingAdmissionPolicyBinding API operations',
    since: '1.36',
    clusterScoped: true,
  },
  (t) =>
    checkOperations(t, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicyBinding',
      plural: 'mutatingadmissionpolicybindings',
      clusterScoped: true,
      make: () => ({ spec: { policyName: 'conformance-nothing.example.com' } }),
      patch: { spec: { policyName: 'conformance-other.example.com' } },
    }),
)
