import { int64, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { ContainerStatus } from './container-status.ts'
import { ResourceRequirements } from './resources.ts'

export const PodCondition = message('core/v1.PodCondition', 'DOC:core/v1.PodCondition', {
  type: req(string).at(1, 'DOC:core/v1.PodCondition.type'),
  observedGeneration: int64.at(7, 'DOC:core/v1.PodCondition.observedGeneration'),
  status: req(string).at(2, 'DOC:core/v1.PodCondition.status'),
  lastProbeTime: time.at(3, 'DOC:core/v1.PodCondition.lastProbeTime'),
  lastTransitionTime: time.at(4, 'DOC:core/v1.PodCondition.lastTransitionTime'),
  reason: string.at(5, 'DOC:core/v1.PodCondition.reason'),
  message: string.at(6, 'DOC:core/v1.PodCondition.message'),
})
export type PodCondition = TypeOf<typeof PodCondition>

export const VolumeHealthCondition = message('core/v1.VolumeHealthCondition', 'DOC:core/v1.VolumeHealthCondition', {
  status: req(string.oneOf('Inaccessible', 'DataLoss', 'Degraded')).at(1, 'DOC:core/v1.VolumeHealthCondition.status'),
  reason: req(string).at(2, 'DOC:core/v1.VolumeHealthCondition.reason'),
  message: string.at(3, 'DOC:core/v1.VolumeHealthCondition.message'),
})
export type VolumeHealthCondition = TypeOf<typeof VolumeHealthCondition>

export const PodVolumeHealth = message('core/v1.PodVolumeHealth', 'DOC:core/v1.PodVolumeHealth', {
  name: req(string).at(1, 'DOC:core/v1.PodVolumeHealth.name'),
  healthConditions: list(VolumeHealthCondition)
    .patch('merge', 'status')
    .owned('map', 'status', 'reason', 'status', 'reason')
    .at(2, 'DOC:core/v1.PodVolumeHealth.healthConditions'),
  lastTransitionTime: time.at(3, 'DOC:core/v1.PodVolumeHealth.lastTransitionTime'),
})
export type PodVolumeHealth = TypeOf<typeof PodVolumeHealth>

export const VolumeHealthStatus = message('core/v1.VolumeHealthStatus', 'DOC:core/v1.VolumeHealthStatus', {
  healthConditions: list(VolumeHealthCondition)
    .patch('merge', 'status')
    .owned('map', 'status', 'reason', 'status', 'reason')
    .at(1, 'DOC:core/v1.VolumeHealthStatus.healthConditions'),
  lastTransitionTime: time.at(2, 'DOC:core/v1.VolumeHealthStatus.lastTransitionTime'),
})
export type VolumeHealthStatus = TypeOf<typeof VolumeHealthStatus>

export const PodResourceClaimStatus = message('core/v1.PodResourceClaimStatus', 'DOC:core/v1.PodResourceClaimStatus', {
  name: req(string).at(1, 'DOC:core/v1.PodResourceClaimStatus.name'),
  resourceClaimName: opt(string).at(2, 'DOC:core/v1.PodResourceClaimStatus.resourceClaimName'),
})
export type PodResourceClaimStatus = TypeOf<typeof PodResourceClaimStatus>

export const ContainerExtendedResourceRequest = message(
  'core/v1.ContainerExtendedResourceRequest',
  'DOC:core/v1.ContainerExtendedResourceRequest',
  {
    containerName: req(string).at(1, 'DOC:core/v1.ContainerExtendedResourceRequest.containerName'),
    resourceName: req(string).at(2, 'DOC:core/v1.ContainerExtendedResourceRequest.resourceName'),
    requestName: req(string).at(3, 'DOC:core/v1.ContainerExtendedResourceRequest.requestName'),
  },
)
export type ContainerExtendedResourceRequest = TypeOf<typeof ContainerExtendedResourceRequest>

export const PodExtendedResourceClaimStatus = message(
  'core/v1.PodExtendedResourceClaimStatus',
  'DOC:core/v1.PodExtendedResourceClaimStatus',
  {
    requestMappings: req(list(ContainerExtendedResourceRequest))
      .owned('atomic')
      .at(1, 'DOC:core/v1.PodExtendedResourceClaimStatus.requestMappings'),
    resourceClaimName: req(string).at(2, 'DOC:core/v1.PodExtendedResourceClaimStatus.resourceClaimName'),
  },
)
export type PodExtendedResourceClaimStatus = TypeOf<typeof PodExtendedResourceClaimStatus>

export const PodIP = message('core/v1.PodIP', 'DOC:core/v1.PodIP', {
  ip: req(string).at(1, 'DOC:core/v1.PodIP.ip'),
})
export type PodIP = TypeOf<typeof PodIP>

export const HostIP = message('core/v1.HostIP', 'DOC:core/v1.HostIP', {
  ip: req(string).at(1, 'DOC:core/v1.HostIP.ip'),
})
export type HostIP = TypeOf<typeof HostIP>

export const NodeAllocatableMappedResources = message(
  'core/v1.NodeAllocatableMappedResources',
  'DOC:core/v1.NodeAllocatableMappedResources',
  {
    name: req(string).at(1, 'DOC:core/v1.NodeAllocatableMappedResources.name'),
    quantity: opt(quantity).at(2, 'DOC:core/v1.NodeAllocatableMappedResources.quantity'),
  },
)
export type NodeAllocatableMappedResources = TypeOf<typeof NodeAllocatableMappedResources>

export const NodeAllocatableOverheadResources = message(
  'core/v1.NodeAllocatableOverheadResources',
  'DOC:core/v1.NodeAllocatableOverheadResources',
  {
    name: req(string).at(1, 'DOC:core/v1.NodeAllocatableOverheadResources.name'),
    perPod: opt(quantity).at(2, 'DOC:core/v1.NodeAllocatableOverheadResources.perPod'),
    perContainer: opt(quantity).at(3, 'DOC:core/v1.NodeAllocatableOverheadResources.perContainer'),
  },
)
export type NodeAllocatableOverheadResources = TypeOf<typeof NodeAllocatableOverheadResources>

export const NodeAllocatableResourceClaimStatus = message(
  'core/v1.NodeAllocatableResourceClaimStatus',
  'DOC:core/v1.NodeAllocatableResourceClaimStatus',
  {
    resourceClaimName: req(string).at(1, 'DOC:core/v1.NodeAllocatableResourceClaimStatus.resourceClaimName'),
    containers: list(string).owned('set').at(2, 'DOC:core/v1.NodeAllocatableResourceClaimStatus.containers'),
    mapping: list(NodeAllocatableMappedResources)
      .patch('merge', 'name')
      .owned('map', 'name', 'name')
      .at(4, 'DOC:core/v1.NodeAllocatableResourceClaimStatus.mapping'),
    overhead: list(NodeAllocatableOverheadResources)
      .patch('merge', 'name')
      .owned('map', 'name', 'name')
      .at(5, 'DOC:core/v1.NodeAllocatableResourceClaimStatus.overhead'),
  },
)
export type NodeAllocatableResourceClaimStatus = TypeOf<typeof NodeAllocatableResourceClaimStatus>

export const PodStatus = message('core/v1.PodStatus', 'DOC:core/v1.PodStatus', {
  observedGeneration: int64.at(17, 'DOC:core/v1.PodStatus.observedGeneration'),
  phase: string.oneOf('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown').at(1, 'DOC:core/v1.PodStatus.phase'),
  conditions: list(PodCondition).patch('merge', 'type').owned('map', 'type').at(2, 'DOC:core/v1.PodStatus.conditions'),
  message: string.at(3, 'DOC:core/v1.PodStatus.message'),
  reason: string.at(4, 'DOC:core/v1.PodStatus.reason'),
  nominatedNodeName: string.at(11, 'DOC:core/v1.PodStatus.nominatedNodeName'),
  hostIP: string.at(5, 'DOC:core/v1.PodStatus.hostIP'),
  hostIPs: list(HostIP).patch('merge', 'ip').owned('atomic').at(16, 'DOC:core/v1.PodStatus.hostIPs'),
  podIP: string.at(6, 'DOC:core/v1.PodStatus.podIP'),
  podIPs: list(PodIP).patch('merge', 'ip').owned('map', 'ip').at(12, 'DOC:core/v1.PodStatus.podIPs'),
  startTime: opt(time).at(7, 'DOC:core/v1.PodStatus.startTime'),
  initContainerStatuses: list(ContainerStatus).owned('atomic').at(10, 'DOC:core/v1.PodStatus.initContainerStatuses'),
  containerStatuses: list(ContainerStatus).owned('atomic').at(8, 'DOC:core/v1.PodStatus.containerStatuses'),
  qosClass: string.oneOf('Guaranteed', 'Burstable', 'BestEffort').at(9, 'DOC:core/v1.PodStatus.qosClass'),
  ephemeralContainerStatuses: list(ContainerStatus)
    .owned('atomic')
    .at(13, 'DOC:core/v1.PodStatus.ephemeralContainerStatuses'),
  resize: string.at(14, 'DOC:core/v1.PodStatus.resize'),
  resourceClaimStatuses: list(PodResourceClaimStatus)
    .patch('merge,retainKeys', 'name')
    .owned('map', 'name')
    .at(15, 'DOC:core/v1.PodStatus.resourceClaimStatuses'),
  extendedResourceClaimStatus: opt(PodExtendedResourceClaimStatus).at(
    18,
    'DOC:core/v1.PodStatus.extendedResourceClaimStatus',
  ),
  allocatedResources: map(quantity).at(19, 'DOC:core/v1.PodStatus.allocatedResources'),
  resources: opt(ResourceRequirements).at(20, 'DOC:core/v1.PodStatus.resources'),
  nodeAllocatableResourceClaimStatuses: list(NodeAllocatableResourceClaimStatus)
    .patch('merge', 'resourceClaimName')
    .owned('map', 'resourceClaimName', 'resourceClaimName')
    .at(21, 'DOC:core/v1.PodStatus.nodeAllocatableResourceClaimStatuses'),
  volumeHealth: list(PodVolumeHealth).owned('map', 'name', 'name').at(22, 'DOC:core/v1.PodStatus.volumeHealth'),
})
export type PodStatus = TypeOf<typeof PodStatus>
