import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { formatLabelSelector } from '../labels.ts'
import { NetworkPolicySpec } from './network-policy-types.ts'
import { policyWarnings, validateNewPolicy, validatePolicyUpdate } from './validate-network-policy.ts'

export const NetworkPolicy = kind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  scope: 'Namespaced',
  doc: 'Says which traffic to and from some pods is allowed.',
  fields: {
    spec: NetworkPolicySpec.at(2, 'Which traffic is allowed.'),
  },
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector',
      description: 'The pods that it is about.',
      value: ({ spec }) => formatLabelSelector(spec.podSelector),
    },
    ageColumn,
  ],
  defaults: ({ spec }) => {
    // Whoever writes rules for traffic from the pods means it; without them only traffic to the pods is meant.
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
  },
  validateCreate: validateNewPolicy,
  validateUpdate: validatePolicyUpdate,
  warnings: policyWarnings,
})
export type NetworkPolicy = ObjectOf<typeof NetworkPolicy>
