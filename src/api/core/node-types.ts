// The messages that a node is made of; the kind itself, with its rules, is in node.ts.

import { bool, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { Taint } from './taint.ts'

export const ConfigMapNodeConfigSource = message(
  'core/v1.ConfigMapNodeConfigSource',
  'A ConfigMap with settings of a node; no longer used.',
  {
    namespace: req(string).at(1, 'The namespace of the ConfigMap.'),
    name: req(string).at(2, 'The name of the ConfigMap.'),
    uid: string.at(3, 'The UID of the ConfigMap; only in a status.'),
    resourceVersion: string.at(4, 'The version of the ConfigMap; only in a status.'),
    kubeletConfigKey: req(string).at(5, 'The key that holds the settings.'),
  },
)
export type ConfigMapNodeConfigSource = TypeOf<typeof ConfigMapNodeConfigSource>

export const NodeConfigSource = message(
  'core/v1.NodeConfigSource',
  'Where the settings of a node are; no longer used.',
  {
    configMap: opt(ConfigMapNodeConfigSource).at(2, 'The ConfigMap with the settings.'),
  },
)
export type NodeConfigSource = TypeOf<typeof NodeConfigSource>

export const NodePodPreemptionPolicy = message(
  'core/v1.NodePodPreemptionPolicy',
  'Where pods of a node must not push out others.',
  {
    disableResizePreemption: list(string).owned('set').at(1, 'The resources for whose growth no pod is pushed out.'),
  },
)
export type NodePodPreemptionPolicy = TypeOf<typeof NodePodPreemptionPolicy>

export const NodeSpec = message('core/v1.NodeSpec', 'What is wanted of a node.', {
  podCIDR: string.at(1, 'The range of addresses for its pods.'),
  podCIDRs: list(string)
    .patch('merge')
    .owned('set')
    .at(7, 'The ranges of addresses for its pods, one for each IP family.'),
  providerID: string.at(3, 'The ID of the machine at whoever provides it.'),
  unschedulable: bool.at(4, 'Whether no new pods are placed here.'),
  taints: list(Taint).owned('atomic').at(5, 'What keeps pods away that do not tolerate it.'),
  configSource: opt(NodeConfigSource).at(6, 'Where its settings are; no longer used.'),
  externalID: string.at(2, 'No longer used.'),
  podPreemptionPolicy: opt(NodePodPreemptionPolicy).at(8, 'Where pods of this node must not push out others.'),
})
export type NodeSpec = TypeOf<typeof NodeSpec>

export const DaemonEndpoint = message('core/v1.DaemonEndpoint', 'A port that a component of a node listens on.', {
  Port: req(int32).at(1, 'The number of the port.'),
})
export type DaemonEndpoint = TypeOf<typeof DaemonEndpoint>

export const NodeDaemonEndpoints = message('core/v1.NodeDaemonEndpoints', "The ports of a node's components.", {
  kubeletEndpoint: DaemonEndpoint.at(1, 'The port of its agent.'),
})
export type NodeDaemonEndpoints = TypeOf<typeof NodeDaemonEndpoints>

export const NodeRuntimeHandlerFeatures = message(
  'core/v1.NodeRuntimeHandlerFeatures',
  'What a way to run containers can do.',
  {
    recursiveReadOnlyMounts: opt(bool).at(1, 'Whether mounts can be read-only all the way down.'),
    userNamespaces: opt(bool).at(2, 'Whether pods can have users of their own.'),
  },
)
export type NodeRuntimeHandlerFeatures = TypeOf<typeof NodeRuntimeHandlerFeatures>

export const NodeRuntimeHandler = message('core/v1.NodeRuntimeHandler', 'A way in which a node can run containers.', {
  name: req(string).at(1, 'Its name; empty for the usual way.'),
  features: opt(NodeRuntimeHandlerFeatures).at(2, 'What it can do.'),
})
export type NodeRuntimeHandler = TypeOf<typeof NodeRuntimeHandler>

export const NodeFeatures = message('core/v1.NodeFeatures', 'What the container runtime of a node can do.', {
  supplementalGroupsPolicy: opt(bool).at(1, 'Whether it honours supplementalGroupsPolicy.'),
})
export type NodeFeatures = TypeOf<typeof NodeFeatures>

export const NodeSwapStatus = message('core/v1.NodeSwapStatus', 'The swap of a node.', {
  capacity: opt(int64).at(1, 'How many bytes of it there are.'),
})
export type NodeSwapStatus = TypeOf<typeof NodeSwapStatus>

export const NodeSystemInfo = message('core/v1.NodeSystemInfo', 'The system and the versions of a node.', {
  machineID: req(string).at(1, 'What tells the machine apart within the cluster.'),
  systemUUID: req(string).at(2, 'What tells the hardware apart.'),
  bootID: req(string).at(3, 'Changes with each start of the machine.'),
  kernelVersion: req(string).at(4, 'The version of the kernel.'),
  osImage: req(string).at(5, 'The distribution and its version.'),
  containerRuntimeVersion: req(string).at(6, 'The container runtime and its version, as containerd://2.0.0.'),
  kubeletVersion: req(string).at(7, 'The version of the agent.'),
  kubeProxyVersion: req(string).at(8, 'No longer filled in.'),
  operatingSystem: req(string).at(9, 'The operating system, as linux.'),
  architecture: req(string).at(10, "The processor's architecture, as amd64."),
  swap: opt(NodeSwapStatus).at(11, 'The swap of the machine.'),
})
export type NodeSystemInfo = TypeOf<typeof NodeSystemInfo>

export const NodeConfigStatus = message(
  'core/v1.NodeConfigStatus',
  'Which settings a node uses; no longer filled in.',
  {
    assigned: opt(NodeConfigSource).at(1, 'Those that it is to use.'),
    active: opt(NodeConfigSource).at(2, 'Those in use.'),
    lastKnownGood: opt(NodeConfigSource).at(3, 'Those that it falls back to.'),
    error: string.at(4, 'Why it cannot use them.'),
  },
)
export type NodeConfigStatus = TypeOf<typeof NodeConfigStatus>

export const AttachedVolume = message('core/v1.AttachedVolume', 'A volume that is attached to a node.', {
  name: req(string).at(1, 'The name of the volume.'),
  devicePath: req(string).at(2, 'The path of the device on the node.'),
})
export type AttachedVolume = TypeOf<typeof AttachedVolume>

export const ContainerImage = message('core/v1.ContainerImage', 'An image on a node.', {
  names: req(list(string)).owned('atomic').at(1, 'The names under which the image is known.'),
  sizeBytes: int64.at(2, 'The size of the image.'),
})
export type ContainerImage = TypeOf<typeof ContainerImage>

export const NodeAddress = message('core/v1.NodeAddress', 'An address of a node.', {
  type: req(string).at(1, 'Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.'),
  address: req(string).at(2, 'The address.'),
})
export type NodeAddress = TypeOf<typeof NodeAddress>

export const NodeCondition = message('core/v1.NodeCondition', 'One finding about a node.', {
  type: req(string).at(1, 'What is found out, as Ready or MemoryPressure.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  lastHeartbeatTime: time.at(3, 'When the finding was last looked at.'),
  lastTransitionTime: time.at(4, 'When the status last changed.'),
  reason: string.at(5, 'Why the status is as it is, in one word.'),
  message: string.at(6, 'The finding in words.'),
})
export type NodeCondition = TypeOf<typeof NodeCondition>

export const NodeStatus = message('core/v1.NodeStatus', 'What a node says of itself.', {
  capacity: map(quantity).at(1, 'How much the node has.'),
  allocatable: map(quantity).at(2, 'How much of it pods may use.'),
  phase: string.oneOf('Pending', 'Running', 'Terminated').at(3, 'No longer filled in.'),
  conditions: list(NodeCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(4, 'The latest findings, one of each type.'),
  addresses: list(NodeAddress).patch('merge', 'type').owned('map', 'type').at(5, 'The addresses of the node.'),
  daemonEndpoints: NodeDaemonEndpoints.at(6, 'The ports of its components.'),
  nodeInfo: NodeSystemInfo.at(7, 'Its system and versions.'),
  images: list(ContainerImage).owned('atomic').at(8, 'The images that are on it.'),
  volumesInUse: list(string).owned('atomic').at(9, 'The volumes that it uses.'),
  volumesAttached: list(AttachedVolume).owned('atomic').at(10, 'The volumes that are attached to it.'),
  config: opt(NodeConfigStatus).at(11, 'Which settings it uses; no longer filled in.'),
  runtimeHandlers: list(NodeRuntimeHandler).owned('atomic').at(12, 'The ways in which it can run containers.'),
  features: opt(NodeFeatures).at(13, 'What its container runtime can do.'),
  declaredFeatures: list(string).owned('atomic').at(14, 'Features of the cluster that the node supports.'),
})
export type NodeStatus = TypeOf<typeof NodeStatus>
