import { int64, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { ContainerStatus } from './container-status.ts'
import { ResourceRequirements } from './resources.ts'

export const PodCondition = message('core/v1.PodCondition', 'One finding about a pod.', {
  type: req(string).at(1, 'What is found out, as PodScheduled, Initialized, ContainersReady or Ready.'),
  observedGeneration: int64.at(7, 'The generation of the pod that the finding is about.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  lastProbeTime: time.at(3, 'When the finding was last looked at.'),
  lastTransitionTime: time.at(4, 'When the status last changed.'),
  reason: string.at(5, 'Why the status is as it is, in one word.'),
  message: string.at(6, 'The finding in words.'),
})
export type PodCondition = TypeOf<typeof PodCondition>

export const VolumeHealthCondition = message(
  'core/v1.VolumeHealthCondition',
  'Something that is wrong with a volume.',
  {
    status: req(string.oneOf('Inaccessible', 'DataLoss', 'Degraded')).at(1, 'Inaccessible, DataLoss or Degraded.'),
    reason: req(string).at(2, 'What is wrong, in one word.'),
    message: string.at(3, 'What is wrong, in words.'),
  },
)
export type VolumeHealthCondition = TypeOf<typeof VolumeHealthCondition>

export const PodVolumeHealth = message('core/v1.PodVolumeHealth', 'The health of a volume of a pod.', {
  name: req(string).at(1, 'The volume.'),
  healthConditions: list(VolumeHealthCondition)
    .patch('merge', 'status')
    .owned('map', 'status', 'reason')
    .at(2, 'What is wrong with it.'),
  lastTransitionTime: time.at(3, 'When that last changed.'),
})
export type PodVolumeHealth = TypeOf<typeof PodVolumeHealth>

export const VolumeHealthStatus = message('core/v1.VolumeHealthStatus', 'The health of a volume.', {
  healthConditions: list(VolumeHealthCondition)
    .patch('merge', 'status')
    .owned('map', 'status', 'reason')
    .at(1, 'What is wrong with it.'),
  lastTransitionTime: time.at(2, 'When that last changed.'),
})
export type VolumeHealthStatus = TypeOf<typeof VolumeHealthStatus>

export const PodResourceClaimStatus = message(
  'core/v1.PodResourceClaimStatus',
  'The claim that was made for an entry of resourceClaims.',
  {
    name: req(string).at(1, 'The entry.'),
    resourceClaimName: opt(string).at(2, 'The claim; absent if none was needed.'),
  },
)
export type PodResourceClaimStatus = TypeOf<typeof PodResourceClaimStatus>

export const ContainerExtendedResourceRequest = message(
  'core/v1.ContainerExtendedResourceRequest',
  'Which device stands for an extended resource of a container.',
  {
    containerName: req(string).at(1, 'The container.'),
    resourceName: req(string).at(2, 'The extended resource.'),
    requestName: req(string).at(3, 'The request in the claim.'),
  },
)
export type ContainerExtendedResourceRequest = TypeOf<typeof ContainerExtendedResourceRequest>

export const PodExtendedResourceClaimStatus = message(
  'core/v1.PodExtendedResourceClaimStatus',
  'The claim that was made for the extended resources of a pod.',
  {
    requestMappings: req(list(ContainerExtendedResourceRequest))
      .owned('atomic')
      .at(1, 'Which request stands for which resource of which container.'),
    resourceClaimName: req(string).at(2, 'The claim.'),
  },
)
export type PodExtendedResourceClaimStatus = TypeOf<typeof PodExtendedResourceClaimStatus>

export const PodIP = message('core/v1.PodIP', 'An address of a pod.', {
  ip: req(string).at(1, 'The address.'),
})
export type PodIP = TypeOf<typeof PodIP>

export const HostIP = message('core/v1.HostIP', 'An address of the host that a pod runs on.', {
  ip: req(string).at(1, 'The address.'),
})
export type HostIP = TypeOf<typeof HostIP>

export const NodeAllocatableMappedResources = message(
  'core/v1.NodeAllocatableMappedResources',
  "How much of a node's resource a device uses up.",
  {
    name: req(string).at(1, 'The resource.'),
    quantity: opt(quantity).at(2, 'How much.'),
  },
)
export type NodeAllocatableMappedResources = TypeOf<typeof NodeAllocatableMappedResources>

export const NodeAllocatableOverheadResources = message(
  'core/v1.NodeAllocatableOverheadResources',
  "How much of a node's resource a device needs besides.",
  {
    name: req(string).at(1, 'The resource.'),
    perPod: opt(quantity).at(2, 'For each pod that uses it.'),
    perContainer: opt(quantity).at(3, 'For each container that uses it.'),
  },
)
export type NodeAllocatableOverheadResources = TypeOf<typeof NodeAllocatableOverheadResources>

export const NodeAllocatableResourceClaimStatus = message(
  'core/v1.NodeAllocatableResourceClaimStatus',
  "What a claim uses of the node's own resources.",
  {
    resourceClaimName: req(string).at(1, 'The claim.'),
    containers: list(string).owned('set').at(2, 'The containers that use the claim.'),
    mapping: list(NodeAllocatableMappedResources).patch('merge', 'name').owned('map', 'name').at(4, 'What it uses up.'),
    overhead: list(NodeAllocatableOverheadResources)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(5, 'What it needs besides.'),
  },
)
export type NodeAllocatableResourceClaimStatus = TypeOf<typeof NodeAllocatableResourceClaimStatus>

export const PodStatus = message('core/v1.PodStatus', 'What is known of a pod.', {
  observedGeneration: int64.at(17, 'The generation of the pod that this status is about.'),
  phase: string
    .oneOf('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown')
    .at(1, 'Pending, Running, Succeeded, Failed or Unknown.'),
  conditions: list(PodCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(2, 'The latest findings, one of each type.'),
  message: string.at(3, 'Why it is in this phase, in words.'),
  reason: string.at(4, 'Why it is in this phase, in one word, as Evicted.'),
  nominatedNodeName: string.at(11, 'The node on which room is being made for it.'),
  hostIP: string.at(5, 'The address of its node.'),
  hostIPs: list(HostIP).patch('merge', 'ip').owned('atomic').at(16, 'The addresses of its node.'),
  podIP: string.at(6, 'The address of the pod.'),
  podIPs: list(PodIP)
    .patch('merge', 'ip')
    .owned('map', 'ip')
    .at(12, 'The addresses of the pod, one for each IP family.'),
  startTime: opt(time).at(7, 'When its node took it over.'),
  initContainerStatuses: list(ContainerStatus).owned('atomic').at(10, 'What is known of the init containers.'),
  containerStatuses: list(ContainerStatus).owned('atomic').at(8, 'What is known of the containers.'),
  qosClass: string
    .oneOf('Guaranteed', 'Burstable', 'BestEffort')
    .at(9, 'Guaranteed, Burstable or BestEffort: who gives way when the node runs short.'),
  ephemeralContainerStatuses: list(ContainerStatus)
    .owned('atomic')
    .at(13, 'What is known of the containers that were added later.'),
  resize: string.at(14, 'How far a change of its resources has come; conditions have taken its place.'),
  resourceClaimStatuses: list(PodResourceClaimStatus)
    .patch('merge,retainKeys', 'name')
    .owned('map', 'name')
    .at(15, 'The claims that were made for it.'),
  extendedResourceClaimStatus: opt(PodExtendedResourceClaimStatus).at(
    18,
    'The claim that was made for its extended resources.',
  ),
  allocatedResources: map(quantity).at(19, 'What the node has set aside for the pod as a whole.'),
  resources: opt(ResourceRequirements).at(20, 'The requests and limits of the pod as a whole that are in force.'),
  nodeAllocatableResourceClaimStatuses: list(NodeAllocatableResourceClaimStatus)
    .patch('merge', 'resourceClaimName')
    .owned('map', 'resourceClaimName')
    .at(21, "What its claims use of the node's own resources."),
  volumeHealth: list(PodVolumeHealth).owned('map', 'name').at(22, 'The health of its volumes.'),
})
export type PodStatus = TypeOf<typeof PodStatus>
