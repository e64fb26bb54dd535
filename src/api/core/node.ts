import { kind, type ObjectOf } from '../kind.ts'
import { bool, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { nodeColumns } from './node-columns.ts'
import { Taint } from './taint.ts'
import { validateNode, validateNodeStatus, validateNodeUpdate } from './validate-node.ts'

export const ConfigMapNodeConfigSource = message(
  'core/v1.ConfigMapNodeConfigSource',
  'DOC:core/v1.ConfigMapNodeConfigSource',
  {
    namespace: req(string).at(1, 'DOC:core/v1.ConfigMapNodeConfigSource.namespace'),
    name: req(string).at(2, 'DOC:core/v1.ConfigMapNodeConfigSource.name'),
    uid: string.at(3, 'DOC:core/v1.ConfigMapNodeConfigSource.uid'),
    resourceVersion: string.at(4, 'DOC:core/v1.ConfigMapNodeConfigSource.resourceVersion'),
    kubeletConfigKey: req(string).at(5, 'DOC:core/v1.ConfigMapNodeConfigSource.kubeletConfigKey'),
  },
)
export type ConfigMapNodeConfigSource = TypeOf<typeof ConfigMapNodeConfigSource>

export const NodeConfigSource = message('core/v1.NodeConfigSource', 'DOC:core/v1.NodeConfigSource', {
  configMap: opt(ConfigMapNodeConfigSource).at(2, 'DOC:core/v1.NodeConfigSource.configMap'),
})
export type NodeConfigSource = TypeOf<typeof NodeConfigSource>

export const NodePodPreemptionPolicy = message(
  'core/v1.NodePodPreemptionPolicy',
  'DOC:core/v1.NodePodPreemptionPolicy',
  {
    disableResizePreemption: list(string)
      .owned('set')
      .at(1, 'DOC:core/v1.NodePodPreemptionPolicy.disableResizePreemption'),
  },
)
export type NodePodPreemptionPolicy = TypeOf<typeof NodePodPreemptionPolicy>

export const NodeSpec = message('core/v1.NodeSpec', 'DOC:core/v1.NodeSpec', {
  podCIDR: string.at(1, 'DOC:core/v1.NodeSpec.podCIDR'),
  podCIDRs: list(string).patch('merge').owned('set').at(7, 'DOC:core/v1.NodeSpec.podCIDRs'),
  providerID: string.at(3, 'DOC:core/v1.NodeSpec.providerID'),
  unschedulable: bool.at(4, 'DOC:core/v1.NodeSpec.unschedulable'),
  taints: list(Taint).owned('atomic').at(5, 'DOC:core/v1.NodeSpec.taints'),
  configSource: opt(NodeConfigSource).at(6, 'DOC:core/v1.NodeSpec.configSource'),
  externalID: string.at(2, 'DOC:core/v1.NodeSpec.externalID'),
  podPreemptionPolicy: opt(NodePodPreemptionPolicy).at(8, 'DOC:core/v1.NodeSpec.podPreemptionPolicy'),
})
export type NodeSpec = TypeOf<typeof NodeSpec>

export const DaemonEndpoint = message('core/v1.DaemonEndpoint', 'DOC:core/v1.DaemonEndpoint', {
  Port: req(int32).at(1, 'DOC:core/v1.DaemonEndpoint.Port'),
})
export type DaemonEndpoint = TypeOf<typeof DaemonEndpoint>

export const NodeDaemonEndpoints = message('core/v1.NodeDaemonEndpoints', 'DOC:core/v1.NodeDaemonEndpoints', {
  kubeletEndpoint: DaemonEndpoint.at(1, 'DOC:core/v1.NodeDaemonEndpoints.kubeletEndpoint'),
})
export type NodeDaemonEndpoints = TypeOf<typeof NodeDaemonEndpoints>

export const NodeRuntimeHandlerFeatures = message(
  'core/v1.NodeRuntimeHandlerFeatures',
  'DOC:core/v1.NodeRuntimeHandlerFeatures',
  {
    recursiveReadOnlyMounts: opt(bool).at(1, 'DOC:core/v1.NodeRuntimeHandlerFeatures.recursiveReadOnlyMounts'),
    userNamespaces: opt(bool).at(2, 'DOC:core/v1.NodeRuntimeHandlerFeatures.userNamespaces'),
  },
)
export type NodeRuntimeHandlerFeatures = TypeOf<typeof NodeRuntimeHandlerFeatures>

export const NodeRuntimeHandler = message('core/v1.NodeRuntimeHandler', 'DOC:core/v1.NodeRuntimeHandler', {
  name: req(string).at(1, 'DOC:core/v1.NodeRuntimeHandler.name'),
  features: opt(NodeRuntimeHandlerFeatures).at(2, 'DOC:core/v1.NodeRuntimeHandler.features'),
})
export type NodeRuntimeHandler = TypeOf<typeof NodeRuntimeHandler>

export const NodeFeatures = message('core/v1.NodeFeatures', 'DOC:core/v1.NodeFeatures', {
  supplementalGroupsPolicy: opt(bool).at(1, 'DOC:core/v1.NodeFeatures.supplementalGroupsPolicy'),
})
export type NodeFeatures = TypeOf<typeof NodeFeatures>

export const NodeSwapStatus = message('core/v1.NodeSwapStatus', 'DOC:core/v1.NodeSwapStatus', {
  capacity: opt(int64).at(1, 'DOC:core/v1.NodeSwapStatus.capacity'),
})
export type NodeSwapStatus = TypeOf<typeof NodeSwapStatus>

export const NodeSystemInfo = message('core/v1.NodeSystemInfo', 'DOC:core/v1.NodeSystemInfo', {
  machineID: req(string).at(1, 'DOC:core/v1.NodeSystemInfo.machineID'),
  systemUUID: req(string).at(2, 'DOC:core/v1.NodeSystemInfo.systemUUID'),
  bootID: req(string).at(3, 'DOC:core/v1.NodeSystemInfo.bootID'),
  kernelVersion: req(string).at(4, 'DOC:core/v1.NodeSystemInfo.kernelVersion'),
  osImage: req(string).at(5, 'DOC:core/v1.NodeSystemInfo.osImage'),
  containerRuntimeVersion: req(string).at(6, 'DOC:core/v1.NodeSystemInfo.containerRuntimeVersion'),
  kubeletVersion: req(string).at(7, 'DOC:core/v1.NodeSystemInfo.kubeletVersion'),
  kubeProxyVersion: req(string).at(8, 'DOC:core/v1.NodeSystemInfo.kubeProxyVersion'),
  operatingSystem: req(string).at(9, 'DOC:core/v1.NodeSystemInfo.operatingSystem'),
  architecture: req(string).at(10, 'DOC:core/v1.NodeSystemInfo.architecture'),
  swap: opt(NodeSwapStatus).at(11, 'DOC:core/v1.NodeSystemInfo.swap'),
})
export type NodeSystemInfo = TypeOf<typeof NodeSystemInfo>

export const NodeConfigStatus = message('core/v1.NodeConfigStatus', 'DOC:core/v1.NodeConfigStatus', {
  assigned: opt(NodeConfigSource).at(1, 'DOC:core/v1.NodeConfigStatus.assigned'),
  active: opt(NodeConfigSource).at(2, 'DOC:core/v1.NodeConfigStatus.active'),
  lastKnownGood: opt(NodeConfigSource).at(3, 'DOC:core/v1.NodeConfigStatus.lastKnownGood'),
  error: string.at(4, 'DOC:core/v1.NodeConfigStatus.error'),
})
export type NodeConfigStatus = TypeOf<typeof NodeConfigStatus>

export const AttachedVolume = message('core/v1.AttachedVolume', 'DOC:core/v1.AttachedVolume', {
  name: req(string).at(1, 'DOC:core/v1.AttachedVolume.name'),
  devicePath: req(string).at(2, 'DOC:core/v1.AttachedVolume.devicePath'),
})
export type AttachedVolume = TypeOf<typeof AttachedVolume>

export const ContainerImage = message('core/v1.ContainerImage', 'DOC:core/v1.ContainerImage', {
  names: req(list(string)).owned('atomic').at(1, 'DOC:core/v1.ContainerImage.names'),
  sizeBytes: int64.at(2, 'DOC:core/v1.ContainerImage.sizeBytes'),
})
export type ContainerImage = TypeOf<typeof ContainerImage>

export const NodeAddress = message('core/v1.NodeAddress', 'DOC:core/v1.NodeAddress', {
  type: req(string).at(1, 'DOC:core/v1.NodeAddress.type'),
  address: req(string).at(2, 'DOC:core/v1.NodeAddress.address'),
})
export type NodeAddress = TypeOf<typeof NodeAddress>

export const NodeCondition = message('core/v1.NodeCondition', 'DOC:core/v1.NodeCondition', {
  type: req(string).at(1, 'DOC:core/v1.NodeCondition.type'),
  status: req(string).at(2, 'DOC:core/v1.NodeCondition.status'),
  lastHeartbeatTime: time.at(3, 'DOC:core/v1.NodeCondition.lastHeartbeatTime'),
  lastTransitionTime: time.at(4, 'DOC:core/v1.NodeCondition.lastTransitionTime'),
  reason: string.at(5, 'DOC:core/v1.NodeCondition.reason'),
  message: string.at(6, 'DOC:core/v1.NodeCondition.message'),
})
export type NodeCondition = TypeOf<typeof NodeCondition>

export const NodeStatus = message('core/v1.NodeStatus', 'DOC:core/v1.NodeStatus', {
  capacity: map(quantity).at(1, 'DOC:core/v1.NodeStatus.capacity'),
  allocatable: map(quantity).at(2, 'DOC:core/v1.NodeStatus.allocatable'),
  phase: string.oneOf('Pending', 'Running', 'Terminated').at(3, 'DOC:core/v1.NodeStatus.phase'),
  conditions: list(NodeCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(4, 'DOC:core/v1.NodeStatus.conditions'),
  addresses: list(NodeAddress).patch('merge', 'type').owned('map', 'type').at(5, 'DOC:core/v1.NodeStatus.addresses'),
  daemonEndpoints: NodeDaemonEndpoints.at(6, 'DOC:core/v1.NodeStatus.daemonEndpoints'),
  nodeInfo: NodeSystemInfo.at(7, 'DOC:core/v1.NodeStatus.nodeInfo'),
  images: list(ContainerImage).owned('atomic').at(8, 'DOC:core/v1.NodeStatus.images'),
  volumesInUse: list(string).owned('atomic').at(9, 'DOC:core/v1.NodeStatus.volumesInUse'),
  volumesAttached: list(AttachedVolume).owned('atomic').at(10, 'DOC:core/v1.NodeStatus.volumesAttached'),
  config: opt(NodeConfigStatus).at(11, 'DOC:core/v1.NodeStatus.config'),
  runtimeHandlers: list(NodeRuntimeHandler).owned('atomic').at(12, 'DOC:core/v1.NodeStatus.runtimeHandlers'),
  features: opt(NodeFeatures).at(13, 'DOC:core/v1.NodeStatus.features'),
  declaredFeatures: list(string).owned('atomic').at(14, 'DOC:core/v1.NodeStatus.declaredFeatures'),
})
export type NodeStatus = TypeOf<typeof NodeStatus>

export const Node = kind({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  scope: 'Cluster',
  doc: 'DOC:core/v1.Node',
  fields: {
    spec: NodeSpec.at(2, 'DOC:core/v1.Node.spec'),
    status: NodeStatus.at(3, 'DOC:core/v1.Node.status'),
  },
  status: true,
  generation: false,
  statusOnCreate: true,
  columns: nodeColumns,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeStatus,
  defaults: ({ status }) => {
    if (status.capacity) status.allocatable ??= { ...status.capacity }
  },
  subresources: [
    {
      name: 'proxy',
      body: { group: '', version: 'v1', kind: 'NodeProxyOptions' },
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
    },
  ],
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec.unschedulable ?? false) },
})
export type Node = ObjectOf<typeof Node>
