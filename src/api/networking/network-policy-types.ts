// The messages that a network policy is made of; the kind itself is in network-policy.ts.

import { LabelSelector } from '../meta/label-selector.ts'
import { int32, intOrString, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const IPBlock = message('networking/v1.IPBlock', 'A range of addresses.', {
  cidr: req(string).at(1, 'The range, as 192.168.1.0/24 or 2001:db8::/64.'),
  except: list(string).owned('atomic').at(2, 'Parts of the range that do not belong to it.'),
})
export type IPBlock = TypeOf<typeof IPBlock>

export const NetworkPolicyPeer = message(
  'networking/v1.NetworkPolicyPeer',
  'With whom pods may talk: pods, or a range of addresses.',
  {
    podSelector: opt(LabelSelector).at(1, 'Pods, in the namespace of the policy unless namespaceSelector is given.'),
    namespaceSelector: opt(LabelSelector).at(
      2,
      'The namespaces of the pods; all their pods unless podSelector is given.',
    ),
    ipBlock: opt(IPBlock).at(3, 'A range of addresses; not together with the others.'),
  },
)
export type NetworkPolicyPeer = TypeOf<typeof NetworkPolicyPeer>

export const NetworkPolicyPort = message('networking/v1.NetworkPolicyPort', 'A port, or a range of ports.', {
  protocol: opt(string.oneOf('TCP', 'UDP', 'SCTP'))
    .default('TCP')
    .at(1, 'TCP, UDP or SCTP; TCP unless given.'),
  port: opt(intOrString).at(2, 'The number or the name of the port of the pods; all unless given.'),
  endPort: opt(int32).at(3, 'The last port of a range that begins with port.'),
})
export type NetworkPolicyPort = TypeOf<typeof NetworkPolicyPort>

export const NetworkPolicyEgressRule = message(
  'networking/v1.NetworkPolicyEgressRule',
  'Traffic from the pods that is allowed.',
  {
    ports: list(NetworkPolicyPort).owned('atomic').at(1, 'To which ports; to all unless given.'),
    to: list(NetworkPolicyPeer).owned('atomic').at(2, 'To whom; to everybody unless given.'),
  },
)
export type NetworkPolicyEgressRule = TypeOf<typeof NetworkPolicyEgressRule>

export const NetworkPolicyIngressRule = message(
  'networking/v1.NetworkPolicyIngressRule',
  'Traffic to the pods that is allowed.',
  {
    ports: list(NetworkPolicyPort).owned('atomic').at(1, 'To which ports; to all unless given.'),
    from: list(NetworkPolicyPeer).owned('atomic').at(2, 'From whom; from everybody unless given.'),
  },
)
export type NetworkPolicyIngressRule = TypeOf<typeof NetworkPolicyIngressRule>

export const NetworkPolicySpec = message('networking/v1.NetworkPolicySpec', 'Which traffic of some pods is allowed.', {
  podSelector: LabelSelector.at(1, 'The pods; all of the namespace if empty.'),
  ingress: list(NetworkPolicyIngressRule).owned('atomic').at(2, 'Which traffic to them is allowed; none unless given.'),
  egress: list(NetworkPolicyEgressRule).owned('atomic').at(3, 'Which traffic from them is allowed; none unless given.'),
  policyTypes: list(string.oneOf('Ingress', 'Egress'))
    .owned('atomic')
    .at(
      4,
      'What the policy is about: Ingress, Egress or both. It is about Egress only if there are such rules, unless given.',
    ),
})
export type NetworkPolicySpec = TypeOf<typeof NetworkPolicySpec>
