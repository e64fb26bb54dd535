import { bool, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'
import { Affinity, TopologySpreadConstraint } from './affinity.ts'
import { Container, EphemeralContainer } from './container.ts'
import { LocalObjectReference } from './reference.ts'
import { ResourceRequirements } from './resources.ts'
import { PodSecurityContext } from './security-context.ts'
import { Toleration } from './taint.ts'
import { Volume } from './volume.ts'

export const PodReadinessGate = message('core/v1.PodReadinessGate', 'DOC:core/v1.PodReadinessGate', {
  conditionType: req(string).at(1, 'DOC:core/v1.PodReadinessGate.conditionType'),
})
export type PodReadinessGate = TypeOf<typeof PodReadinessGate>

export const EvictionResponder = message('core/v1.EvictionResponder', 'DOC:core/v1.EvictionResponder', {
  name: req(string).at(1, 'DOC:core/v1.EvictionResponder.name'),
  priority: opt(int32).at(2, 'DOC:core/v1.EvictionResponder.priority'),
}).atomic()
export type EvictionResponder = TypeOf<typeof EvictionResponder>

export const HostAlias = message('core/v1.HostAlias', 'DOC:core/v1.HostAlias', {
  ip: req(string).at(1, 'DOC:core/v1.HostAlias.ip'),
  hostnames: list(string).owned('atomic').at(2, 'DOC:core/v1.HostAlias.hostnames'),
})
export type HostAlias = TypeOf<typeof HostAlias>

export const PodDNSConfigOption = message('core/v1.PodDNSConfigOption', 'DOC:core/v1.PodDNSConfigOption', {
  name: string.at(1, 'DOC:core/v1.PodDNSConfigOption.name'),
  value: opt(string).at(2, 'DOC:core/v1.PodDNSConfigOption.value'),
})
export type PodDNSConfigOption = TypeOf<typeof PodDNSConfigOption>

export const PodDNSConfig = message('core/v1.PodDNSConfig', 'DOC:core/v1.PodDNSConfig', {
  nameservers: list(string).owned('atomic').at(1, 'DOC:core/v1.PodDNSConfig.nameservers'),
  searches: list(string).owned('atomic').at(2, 'DOC:core/v1.PodDNSConfig.searches'),
  options: list(PodDNSConfigOption).owned('atomic').at(3, 'DOC:core/v1.PodDNSConfig.options'),
})
export type PodDNSConfig = TypeOf<typeof PodDNSConfig>

export const PodOS = message('core/v1.PodOS', 'DOC:core/v1.PodOS', {
  name: req(string).at(1, 'DOC:core/v1.PodOS.name'),
})
export type PodOS = TypeOf<typeof PodOS>

export const PodResourceClaim = message('core/v1.PodResourceClaim', 'DOC:core/v1.PodResourceClaim', {
  name: req(string).at(1, 'DOC:core/v1.PodResourceClaim.name'),
  resourceClaimName: opt(string).at(3, 'DOC:core/v1.PodResourceClaim.resourceClaimName'),
  resourceClaimTemplateName: opt(string).at(4, 'DOC:core/v1.PodResourceClaim.resourceClaimTemplateName'),
})
export type PodResourceClaim = TypeOf<typeof PodResourceClaim>

export const PodSchedulingGate = message('core/v1.PodSchedulingGate', 'DOC:core/v1.PodSchedulingGate', {
  name: req(string).at(1, 'DOC:core/v1.PodSchedulingGate.name'),
})
export type PodSchedulingGate = TypeOf<typeof PodSchedulingGate>

export const PodSchedulingGroup = message('core/v1.PodSchedulingGroup', 'DOC:core/v1.PodSchedulingGroup', {
  podGroupName: opt(string).at(1, 'DOC:core/v1.PodSchedulingGroup.podGroupName'),
})
export type PodSchedulingGroup = TypeOf<typeof PodSchedulingGroup>

export const PodSpec = message('core/v1.PodSpec', 'DOC:core/v1.PodSpec', {
  volumes: list(Volume).patch('merge,retainKeys', 'name').owned('map', 'name').at(1, 'DOC:core/v1.PodSpec.volumes'),
  initContainers: list(Container)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(20, 'DOC:core/v1.PodSpec.initContainers'),
  containers: req(list(Container)).patch('merge', 'name').owned('map', 'name').at(2, 'DOC:core/v1.PodSpec.containers'),
  ephemeralContainers: list(EphemeralContainer)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(34, 'DOC:core/v1.PodSpec.ephemeralContainers'),
  restartPolicy: string
    .oneOf('Always', 'OnFailure', 'Never')
    .default('Always')
    .at(3, 'DOC:core/v1.PodSpec.restartPolicy'),
  terminationGracePeriodSeconds: opt(int64).default(30).at(4, 'DOC:core/v1.PodSpec.terminationGracePeriodSeconds'),
  activeDeadlineSeconds: opt(int64).at(5, 'DOC:core/v1.PodSpec.activeDeadlineSeconds'),
  dnsPolicy: string
    .oneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None')
    .default('ClusterFirst')
    .at(6, 'DOC:core/v1.PodSpec.dnsPolicy'),
  nodeSelector: map(string).atomic().at(7, 'DOC:core/v1.PodSpec.nodeSelector'),
  serviceAccountName: string.at(8, 'DOC:core/v1.PodSpec.serviceAccountName'),
  serviceAccount: string.at(9, 'DOC:core/v1.PodSpec.serviceAccount'),
  automountServiceAccountToken: opt(bool).at(21, 'DOC:core/v1.PodSpec.automountServiceAccountToken'),
  nodeName: string.at(10, 'DOC:core/v1.PodSpec.nodeName'),
  hostNetwork: bool.at(11, 'DOC:core/v1.PodSpec.hostNetwork'),
  hostPID: bool.at(12, 'DOC:core/v1.PodSpec.hostPID'),
  hostIPC: bool.at(13, 'DOC:core/v1.PodSpec.hostIPC'),
  shareProcessNamespace: opt(bool).at(27, 'DOC:core/v1.PodSpec.shareProcessNamespace'),
  securityContext: opt(PodSecurityContext).default({}).at(14, 'DOC:core/v1.PodSpec.securityContext'),
  imagePullSecrets: list(LocalObjectReference)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(15, 'DOC:core/v1.PodSpec.imagePullSecrets'),
  hostname: string.at(16, 'DOC:core/v1.PodSpec.hostname'),
  subdomain: string.at(17, 'DOC:core/v1.PodSpec.subdomain'),
  affinity: opt(Affinity).at(18, 'DOC:core/v1.PodSpec.affinity'),
  schedulerName: string.default('default-scheduler').at(19, 'DOC:core/v1.PodSpec.schedulerName'),
  tolerations: list(Toleration).owned('atomic').at(22, 'DOC:core/v1.PodSpec.tolerations'),
  hostAliases: list(HostAlias).patch('merge', 'ip').owned('map', 'ip').at(23, 'DOC:core/v1.PodSpec.hostAliases'),
  priorityClassName: string.at(24, 'DOC:core/v1.PodSpec.priorityClassName'),
  priority: opt(int32).at(25, 'DOC:core/v1.PodSpec.priority'),
  dnsConfig: opt(PodDNSConfig).at(26, 'DOC:core/v1.PodSpec.dnsConfig'),
  readinessGates: list(PodReadinessGate).owned('atomic').at(28, 'DOC:core/v1.PodSpec.readinessGates'),
  runtimeClassName: opt(string).at(29, 'DOC:core/v1.PodSpec.runtimeClassName'),
  enableServiceLinks: opt(bool).at(30, 'DOC:core/v1.PodSpec.enableServiceLinks'),
  preemptionPolicy: opt(string.oneOf('PreemptLowerPriority', 'Never')).at(31, 'DOC:core/v1.PodSpec.preemptionPolicy'),
  overhead: map(quantity).at(32, 'DOC:core/v1.PodSpec.overhead'),
  topologySpreadConstraints: list(TopologySpreadConstraint)
    .patch('merge', 'topologyKey')
    .owned('map', 'topologyKey', 'whenUnsatisfiable')
    .at(33, 'DOC:core/v1.PodSpec.topologySpreadConstraints'),
  setHostnameAsFQDN: opt(bool).at(35, 'DOC:core/v1.PodSpec.setHostnameAsFQDN'),
  os: opt(PodOS).at(36, 'DOC:core/v1.PodSpec.os'),
  hostUsers: opt(bool).at(37, 'DOC:core/v1.PodSpec.hostUsers'),
  schedulingGates: list(PodSchedulingGate)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(38, 'DOC:core/v1.PodSpec.schedulingGates'),
  resourceClaims: list(PodResourceClaim)
    .patch('merge,retainKeys', 'name')
    .owned('map', 'name')
    .at(39, 'DOC:core/v1.PodSpec.resourceClaims'),
  resources: opt(ResourceRequirements).at(40, 'DOC:core/v1.PodSpec.resources'),
  hostnameOverride: opt(string).at(41, 'DOC:core/v1.PodSpec.hostnameOverride'),
  schedulingGroup: opt(PodSchedulingGroup).at(43, 'DOC:core/v1.PodSpec.schedulingGroup'),
  evictionResponders: list(EvictionResponder)
    .patch('merge', 'name')
    .owned('map', 'name', 'name')
    .at(44, 'DOC:core/v1.PodSpec.evictionResponders'),
})
export type PodSpec = TypeOf<typeof PodSpec>
