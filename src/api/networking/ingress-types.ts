// The messages that an ingress is made of; the kind itself is in ingress.ts.

import { TypedLocalObjectReference } from '../core/reference.ts'
import { inline, int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const ServiceBackendPort = message(
  'networking/v1.ServiceBackendPort',
  'A port of a service, by name or by number.',
  {
    name: string.at(1, 'The name of the port.'),
    number: int32.at(2, 'The number of the port.'),
  },
).atomic()
export type ServiceBackendPort = TypeOf<typeof ServiceBackendPort>

export const IngressServiceBackend = message('networking/v1.IngressServiceBackend', 'A service that requests go to.', {
  name: req(string).at(1, 'The name of the service, in the same namespace.'),
  port: ServiceBackendPort.at(2, 'The port of the service.'),
})
export type IngressServiceBackend = TypeOf<typeof IngressServiceBackend>

export const IngressBackend = message(
  'networking/v1.IngressBackend',
  'Where requests go: to a service or to another object.',
  {
    service: opt(IngressServiceBackend).at(4, 'A service.'),
    resource: opt(TypedLocalObjectReference).at(3, 'Another object in the same namespace.'),
  },
)
export type IngressBackend = TypeOf<typeof IngressBackend>

export const HTTPIngressPath = message('networking/v1.HTTPIngressPath', 'A path, and where its requests go.', {
  path: string.at(1, 'The path; it begins with a slash.'),
  pathType: opt(string).at(
    3,
    'How the path is compared: Exact, Prefix (element by element) or ImplementationSpecific.',
  ),
  backend: IngressBackend.at(2, 'Where the requests go.'),
})
export type HTTPIngressPath = TypeOf<typeof HTTPIngressPath>

export const HTTPIngressRuleValue = message('networking/v1.HTTPIngressRuleValue', 'The paths of a host.', {
  paths: req(list(HTTPIngressPath)).owned('atomic').at(1, 'The paths; the longest that matches counts.'),
})
export type HTTPIngressRuleValue = TypeOf<typeof HTTPIngressRuleValue>

export const IngressRuleValue = message(
  'networking/v1.IngressRuleValue',
  'What is done with the requests for a host.',
  {
    http: opt(HTTPIngressRuleValue).at(1, 'The paths of the host.'),
  },
)
export type IngressRuleValue = TypeOf<typeof IngressRuleValue>

export const IngressRule = message('networking/v1.IngressRule', 'A host, and what is done with its requests.', {
  host: string.at(1, 'The name of the host, or one like *.example.com; all hosts if empty.'),
  ...inline(IngressRuleValue, 2),
})
export type IngressRule = TypeOf<typeof IngressRule>

export const IngressTLS = message('networking/v1.IngressTLS', 'A certificate for some hosts.', {
  hosts: list(string).owned('atomic').at(1, 'The hosts that the certificate is for.'),
  secretName: string.at(2, 'The secret with the certificate and its key.'),
})
export type IngressTLS = TypeOf<typeof IngressTLS>

export const IngressSpec = message('networking/v1.IngressSpec', 'Which requests from outside go where.', {
  ingressClassName: opt(string).at(4, 'The class, which says who looks after the ingress.'),
  defaultBackend: opt(IngressBackend).at(1, 'Where requests go that no rule is for.'),
  tls: list(IngressTLS).owned('atomic').at(2, 'The certificates.'),
  rules: list(IngressRule).owned('atomic').at(3, 'Which requests go where.'),
})
export type IngressSpec = TypeOf<typeof IngressSpec>

export const IngressPortStatus = message('networking/v1.IngressPortStatus', 'A port of a load balancer.', {
  port: req(int32).at(1, 'The number of the port.'),
  protocol: req(string.oneOf('TCP', 'UDP', 'SCTP')).at(2, 'TCP, UDP or SCTP.'),
  error: opt(string).at(3, 'What is wrong with it.'),
})
export type IngressPortStatus = TypeOf<typeof IngressPortStatus>

export const IngressLoadBalancerIngress = message(
  'networking/v1.IngressLoadBalancerIngress',
  'One way from outside to an ingress.',
  {
    ip: string.at(1, 'The address of the load balancer.'),
    hostname: string.at(2, 'The name of the load balancer.'),
    ports: list(IngressPortStatus).owned('atomic').at(4, 'The ports that are open there.'),
  },
)
export type IngressLoadBalancerIngress = TypeOf<typeof IngressLoadBalancerIngress>

export const IngressLoadBalancerStatus = message(
  'networking/v1.IngressLoadBalancerStatus',
  'The ways from outside to an ingress.',
  {
    ingress: list(IngressLoadBalancerIngress).owned('atomic').at(1, 'The ways; traffic may come on any of them.'),
  },
)
export type IngressLoadBalancerStatus = TypeOf<typeof IngressLoadBalancerStatus>

export const IngressStatus = message('networking/v1.IngressStatus', 'What is known of an ingress.', {
  loadBalancer: IngressLoadBalancerStatus.at(1, 'The ways from outside.'),
})
export type IngressStatus = TypeOf<typeof IngressStatus>
