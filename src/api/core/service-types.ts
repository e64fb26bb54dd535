// The messages that a service is made of; the kind itself, with its rules, is in service.ts.

import { Condition } from '../meta/condition.ts'
import { bool, int32, intOrString, list, map, message, opt, req, string, type TypeOf } from '../schema.ts'

export const ClientIPConfig = message('core/v1.ClientIPConfig', 'How long a client stays with the same endpoint.', {
  timeoutSeconds: opt(int32).at(
    1,
    'For how many seconds after its last connection; at most 86400, 10800 unless given.',
  ),
})
export type ClientIPConfig = TypeOf<typeof ClientIPConfig>

export const SessionAffinityConfig = message(
  'core/v1.SessionAffinityConfig',
  'How a client is kept with the same pod.',
  {
    clientIP: opt(ClientIPConfig).at(1, 'By its address.'),
  },
)
export type SessionAffinityConfig = TypeOf<typeof SessionAffinityConfig>

export const PortStatus = message('core/v1.PortStatus', 'A port of a load balancer.', {
  port: req(int32).at(1, 'The number of the port.'),
  protocol: req(string.oneOf('SCTP', 'TCP', 'UDP')).at(2, 'TCP, UDP or SCTP.'),
  error: opt(string).at(3, 'What is wrong with it.'),
})
export type PortStatus = TypeOf<typeof PortStatus>

export const LoadBalancerIngress = message('core/v1.LoadBalancerIngress', 'One way from outside to a service.', {
  ip: string.at(1, 'The address of the load balancer.'),
  hostname: string.at(2, 'The name of the load balancer.'),
  ipMode: opt(string).at(3, 'VIP where packets arrive with this address, Proxy where the balancer changes it.'),
  ports: list(PortStatus).owned('atomic').at(4, 'The ports that are open there.'),
})
export type LoadBalancerIngress = TypeOf<typeof LoadBalancerIngress>

export const LoadBalancerStatus = message('core/v1.LoadBalancerStatus', 'The ways from outside to a service.', {
  ingress: list(LoadBalancerIngress).owned('atomic').at(1, 'The ways; traffic may come on any of them.'),
})
export type LoadBalancerStatus = TypeOf<typeof LoadBalancerStatus>

export const ServiceStatus = message('core/v1.ServiceStatus', 'What is known of a service.', {
  loadBalancer: LoadBalancerStatus.at(1, 'The ways from outside.'),
  conditions: list(Condition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(2, 'The latest findings, one of each type.'),
})
export type ServiceStatus = TypeOf<typeof ServiceStatus>

export const ServicePort = message('core/v1.ServicePort', 'A port of a service.', {
  name: string.at(1, 'The name of the port; needed if there are several.'),
  protocol: string.oneOf('SCTP', 'TCP', 'UDP').default('TCP').at(2, 'TCP, UDP or SCTP; TCP unless given.'),
  appProtocol: opt(string).at(6, 'The protocol spoken above the transport, as http or kubernetes.io/h2c.'),
  port: req(int32).at(3, 'The port of the service.'),
  targetPort: intOrString.at(4, 'The number or the name of the port of the pods; port unless given.'),
  nodePort: int32.at(5, 'The port of every node that leads here; the server chooses one unless given.'),
})
export type ServicePort = TypeOf<typeof ServicePort>

export const ServiceSpec = message('core/v1.ServiceSpec', 'How a service shall be reached, and what is behind it.', {
  ports: list(ServicePort).patch('merge', 'port').owned('map', 'port', 'protocol').at(1, 'The ports of the service.'),
  selector: map(string)
    .atomic()
    .at(2, 'The labels of the pods behind it; without one somebody else writes the endpoints.'),
  clusterIP: string.at(3, 'The address inside the cluster; None for a service without one. It never changes.'),
  clusterIPs: list(string)
    .owned('atomic')
    .at(18, 'The addresses inside the cluster, one for each IP family; clusterIP is the first.'),
  type: string
    .oneOf('ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort')
    .default('ClusterIP')
    .at(4, 'ClusterIP, NodePort, LoadBalancer or ExternalName.'),
  externalIPs: list(string)
    .owned('atomic')
    .at(5, 'Further addresses, from elsewhere, on which nodes take traffic for the service.'),
  sessionAffinity: string
    .oneOf('ClientIP', 'None')
    .default('None')
    .at(7, 'ClientIP keeps a client with the same pod, None does not.'),
  loadBalancerIP: string.at(8, 'The address that is wished for; not everywhere heeded.'),
  loadBalancerSourceRanges: list(string)
    .owned('atomic')
    .at(9, 'The ranges of addresses that may use the load balancer.'),
  externalName: string.at(10, 'The name that DNS answers with; only for the type ExternalName.'),
  externalTrafficPolicy: string
    .oneOf('Cluster', 'Local')
    .at(
      11,
      "Where traffic from outside goes: Cluster, or Local to endpoints on the same node, which keeps the client's address.",
    ),
  healthCheckNodePort: int32.at(12, 'The port of the nodes where a load balancer asks whether there are endpoints.'),
  publishNotReadyAddresses: bool.at(13, 'Whether pods count that are not ready.'),
  sessionAffinityConfig: opt(SessionAffinityConfig).at(14, 'How that is done.'),
  ipFamilies: list(string.choices('IPv4', 'IPv6')).owned('atomic').at(19, 'The IP families of the addresses.'),
  ipFamilyPolicy: opt(string.oneOf('PreferDualStack', 'RequireDualStack', 'SingleStack')).at(
    17,
    'One IP family or two: SingleStack, PreferDualStack or RequireDualStack.',
  ),
  allocateLoadBalancerNodePorts: opt(bool).at(
    20,
    'Whether a load balancer gets ports of the nodes; true unless given.',
  ),
  loadBalancerClass: opt(string).at(21, 'Who provides the load balancer. It never changes.'),
  internalTrafficPolicy: opt(string.oneOf('Cluster', 'Local')).at(
    22,
    'Where traffic from inside goes: Cluster, or Local to endpoints on the same node.',
  ),
  trafficDistribution: opt(string).at(
    23,
    'Which endpoints are preferred: PreferSameZone, PreferSameNode or PreferClose.',
  ),
})
export type ServiceSpec = TypeOf<typeof ServiceSpec>
