import { kind, type ObjectOf } from '../kind.ts'
import { Condition } from '../meta/condition.ts'
import { nameIsDns1035Label } from '../names.ts'
import { bool, int32, intOrString, list, map, message, opt, req, string, type TypeOf } from '../schema.ts'
import { serviceColumns } from './service-columns.ts'
import { defaultService, normalizeClusterIPs, prepareServiceForUpdate } from './service-defaults.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from './validate-service.ts'

export const ClientIPConfig = message('core/v1.ClientIPConfig', 'DOC:core/v1.ClientIPConfig', {
  timeoutSeconds: opt(int32).at(1, 'DOC:core/v1.ClientIPConfig.timeoutSeconds'),
})
export type ClientIPConfig = TypeOf<typeof ClientIPConfig>

export const SessionAffinityConfig = message('core/v1.SessionAffinityConfig', 'DOC:core/v1.SessionAffinityConfig', {
  clientIP: opt(ClientIPConfig).at(1, 'DOC:core/v1.SessionAffinityConfig.clientIP'),
})
export type SessionAffinityConfig = TypeOf<typeof SessionAffinityConfig>

export const PortStatus = message('core/v1.PortStatus', 'DOC:core/v1.PortStatus', {
  port: req(int32).at(1, 'DOC:core/v1.PortStatus.port'),
  protocol: req(string.oneOf('SCTP', 'TCP', 'UDP')).at(2, 'DOC:core/v1.PortStatus.protocol'),
  error: opt(string).at(3, 'DOC:core/v1.PortStatus.error'),
})
export type PortStatus = TypeOf<typeof PortStatus>

export const LoadBalancerIngress = message('core/v1.LoadBalancerIngress', 'DOC:core/v1.LoadBalancerIngress', {
  ip: string.at(1, 'DOC:core/v1.LoadBalancerIngress.ip'),
  hostname: string.at(2, 'DOC:core/v1.LoadBalancerIngress.hostname'),
  ipMode: opt(string).at(3, 'DOC:core/v1.LoadBalancerIngress.ipMode'),
  ports: list(PortStatus).owned('atomic').at(4, 'DOC:core/v1.LoadBalancerIngress.ports'),
})
export type LoadBalancerIngress = TypeOf<typeof LoadBalancerIngress>

export const LoadBalancerStatus = message('core/v1.LoadBalancerStatus', 'DOC:core/v1.LoadBalancerStatus', {
  ingress: list(LoadBalancerIngress).owned('atomic').at(1, 'DOC:core/v1.LoadBalancerStatus.ingress'),
})
export type LoadBalancerStatus = TypeOf<typeof LoadBalancerStatus>

export const ServiceStatus = message('core/v1.ServiceStatus', 'DOC:core/v1.ServiceStatus', {
  loadBalancer: LoadBalancerStatus.at(1, 'DOC:core/v1.ServiceStatus.loadBalancer'),
  conditions: list(Condition).patch('merge', 'type').owned('map', 'type').at(2, 'DOC:core/v1.ServiceStatus.conditions'),
})
export type ServiceStatus = TypeOf<typeof ServiceStatus>

export const ServicePort = message('core/v1.ServicePort', 'DOC:core/v1.ServicePort', {
  name: string.at(1, 'DOC:core/v1.ServicePort.name'),
  protocol: string.oneOf('SCTP', 'TCP', 'UDP').default('TCP').at(2, 'DOC:core/v1.ServicePort.protocol'),
  appProtocol: opt(string).at(6, 'DOC:core/v1.ServicePort.appProtocol'),
  port: req(int32).at(3, 'DOC:core/v1.ServicePort.port'),
  targetPort: intOrString.at(4, 'DOC:core/v1.ServicePort.targetPort'),
  nodePort: int32.at(5, 'DOC:core/v1.ServicePort.nodePort'),
})
export type ServicePort = TypeOf<typeof ServicePort>

export const ServiceSpec = message('core/v1.ServiceSpec', 'DOC:core/v1.ServiceSpec', {
  ports: list(ServicePort)
    .patch('merge', 'port')
    .owned('map', 'port', 'protocol')
    .at(1, 'DOC:core/v1.ServiceSpec.ports'),
  selector: map(string).atomic().at(2, 'DOC:core/v1.ServiceSpec.selector'),
  clusterIP: string.at(3, 'DOC:core/v1.ServiceSpec.clusterIP'),
  clusterIPs: list(string).owned('atomic').at(18, 'DOC:core/v1.ServiceSpec.clusterIPs'),
  type: string
    .oneOf('ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort')
    .default('ClusterIP')
    .at(4, 'DOC:core/v1.ServiceSpec.type'),
  externalIPs: list(string).owned('atomic').at(5, 'DOC:core/v1.ServiceSpec.externalIPs'),
  sessionAffinity: string.oneOf('ClientIP', 'None').default('None').at(7, 'DOC:core/v1.ServiceSpec.sessionAffinity'),
  loadBalancerIP: string.at(8, 'DOC:core/v1.ServiceSpec.loadBalancerIP'),
  loadBalancerSourceRanges: list(string).owned('atomic').at(9, 'DOC:core/v1.ServiceSpec.loadBalancerSourceRanges'),
  externalName: string.at(10, 'DOC:core/v1.ServiceSpec.externalName'),
  externalTrafficPolicy: string.oneOf('Cluster', 'Local').at(11, 'DOC:core/v1.ServiceSpec.externalTrafficPolicy'),
  healthCheckNodePort: int32.at(12, 'DOC:core/v1.ServiceSpec.healthCheckNodePort'),
  publishNotReadyAddresses: bool.at(13, 'DOC:core/v1.ServiceSpec.publishNotReadyAddresses'),
  sessionAffinityConfig: opt(SessionAffinityConfig).at(14, 'DOC:core/v1.ServiceSpec.sessionAffinityConfig'),
  ipFamilies: list(string.oneOf('IPv4', 'IPv6')).owned('atomic').at(19, 'DOC:core/v1.ServiceSpec.ipFamilies'),
  ipFamilyPolicy: opt(string.oneOf('PreferDualStack', 'RequireDualStack', 'SingleStack')).at(
    17,
    'DOC:core/v1.ServiceSpec.ipFamilyPolicy',
  ),
  allocateLoadBalancerNodePorts: opt(bool).at(20, 'DOC:core/v1.ServiceSpec.allocateLoadBalancerNodePorts'),
  loadBalancerClass: opt(string).at(21, 'DOC:core/v1.ServiceSpec.loadBalancerClass'),
  internalTrafficPolicy: opt(string.oneOf('Cluster', 'Local')).at(22, 'DOC:core/v1.ServiceSpec.internalTrafficPolicy'),
  trafficDistribution: opt(string).at(23, 'DOC:core/v1.ServiceSpec.trafficDistribution'),
})
export type ServiceSpec = TypeOf<typeof ServiceSpec>

export const Service = kind({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'DOC:core/v1.Service',
  fields: {
    spec: ServiceSpec.at(2, 'DOC:core/v1.Service.spec'),
    status: ServiceStatus.at(3, 'DOC:core/v1.Service.status'),
  },
  status: true,
  generation: false,
  createOnUpdate: true,
  columns: serviceColumns,
  defaults: defaultService,
  nameRule: nameIsDns1035Label,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  prepareForCreate: (service) => normalizeClusterIPs(service.spec),
  prepareForUpdate: (service, old) => prepareServiceForUpdate(service.spec, old.spec),
  subresources: [
    {
      name: 'proxy',
      body: { group: '', version: 'v1', kind: 'ServiceProxyOptions' },
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
    },
  ],
  selectableFields: {
    'spec.clusterIP': (service) => service.spec.clusterIP ?? '',
    'spec.type': (service) => service.spec.type ?? '',
  },
})
export type Service = ObjectOf<typeof Service>
