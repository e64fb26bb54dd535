import { bool, int32, int64, list, map, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'
import { Affinity, TopologySpreadConstraint } from './affinity.ts'
import { Container, EphemeralContainer } from './container.ts'
import { LocalObjectReference } from './reference.ts'
import { ResourceRequirements } from './resources.ts'
import { PodSecurityContext } from './security-context.ts'
import { Toleration } from './taint.ts'
import { Volume } from './volume.ts'

export const PodReadinessGate = message(
  'core/v1.PodReadinessGate',
  'A further condition that a pod needs to be ready.',
  {
    conditionType: req(string).at(1, 'The type of the condition.'),
  },
)
export type PodReadinessGate = TypeOf<typeof PodReadinessGate>

export const EvictionResponder = message(
  'core/v1.EvictionResponder',
  'Somebody who has a say when a pod is to be evicted.',
  {
    name: req(string).at(1, 'Who it is.'),
    priority: opt(int32).at(2, 'The order in which they are asked.'),
  },
).atomic()
export type EvictionResponder = TypeOf<typeof EvictionResponder>

export const HostAlias = message('core/v1.HostAlias', "A line in the pod's hosts file.", {
  ip: req(string).at(1, 'The address.'),
  hostnames: list(string).owned('atomic').at(2, 'The names for the address.'),
})
export type HostAlias = TypeOf<typeof HostAlias>

export const PodDNSConfigOption = message('core/v1.PodDNSConfigOption', 'An option of the resolver.', {
  name: string.at(1, 'The name of the option.'),
  value: opt(string).at(2, 'Its value, if it has one.'),
})
export type PodDNSConfigOption = TypeOf<typeof PodDNSConfigOption>

export const PodDNSConfig = message(
  'core/v1.PodDNSConfig',
  'How names are resolved in a pod, beside what dnsPolicy gives.',
  {
    nameservers: list(string).owned('atomic').at(1, 'Further servers; at most three in all.'),
    searches: list(string).owned('atomic').at(2, 'Further domains to search in.'),
    options: list(PodDNSConfigOption).owned('atomic').at(3, 'Further options of the resolver.'),
  },
)
export type PodDNSConfig = TypeOf<typeof PodDNSConfig>

export const PodOS = message('core/v1.PodOS', 'The operating system that a pod is made for.', {
  name: req(string).at(1, 'The system: linux or windows.'),
})
export type PodOS = TypeOf<typeof PodOS>

export const PodResourceClaim = message(
  'core/v1.PodResourceClaim',
  'A claim on devices that containers of the pod can use.',
  {
    name: req(string).at(1, 'The name by which containers call it.'),
    resourceClaimName: opt(string).at(3, 'A claim that exists.'),
    resourceClaimTemplateName: opt(string).at(4, 'A template from which a claim is made for the pod.'),
  },
)
export type PodResourceClaim = TypeOf<typeof PodResourceClaim>

export const PodSchedulingGate = message('core/v1.PodSchedulingGate', 'Something that keeps a pod from being placed.', {
  name: req(string).at(1, 'What it is; whoever put it there takes it away.'),
})
export type PodSchedulingGate = TypeOf<typeof PodSchedulingGate>

export const PodSchedulingGroup = message('core/v1.PodSchedulingGroup', 'The group with which a pod is placed.', {
  podGroupName: opt(string).at(1, 'The name of the group.'),
})
export type PodSchedulingGroup = TypeOf<typeof PodSchedulingGroup>

export const PodSpec = message('core/v1.PodSpec', 'What shall run in a pod, where and how.', {
  volumes: list(Volume)
    .patch('merge,retainKeys', 'name')
    .owned('map', 'name')
    .at(1, 'Volumes that its containers can mount.'),
  initContainers: list(Container)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(20, 'Containers that run one after the other, each to its end, before the others start.'),
  containers: req(list(Container))
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(2, 'The containers; at least one. They all start together.'),
  ephemeralContainers: list(EphemeralContainer)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(34, 'Containers that were added to look into the running pod.'),
  restartPolicy: string
    .oneOf('Always', 'OnFailure', 'Never')
    .default('Always')
    .at(3, 'When containers that have ended are restarted: Always, OnFailure or Never.'),
  terminationGracePeriodSeconds: opt(int64)
    .default(30)
    .at(4, 'How many seconds it has to end before it is killed; 30 unless given.'),
  activeDeadlineSeconds: opt(int64).at(5, 'After how many seconds on its node the pod is ended as failed.'),
  dnsPolicy: string
    .oneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None')
    .default('ClusterFirst')
    .at(6, 'Where names are resolved: ClusterFirst, ClusterFirstWithHostNet, Default (as on the node) or None.'),
  nodeSelector: map(string).atomic().at(7, 'Labels that the node must have.'),
  serviceAccountName: string.at(8, 'The service account that it acts as.'),
  serviceAccount: string.at(9, 'An older name of serviceAccountName.'),
  automountServiceAccountToken: opt(bool).at(21, 'Whether a token of its service account is put into its containers.'),
  nodeName: string.at(10, 'The node that it runs on; set by the scheduler.'),
  hostNetwork: bool.at(11, "Whether it shares the node's network; its ports are then ports of the node."),
  hostPID: bool.at(12, "Whether it sees the node's processes."),
  hostIPC: bool.at(13, "Whether it shares the node's interprocess communication."),
  shareProcessNamespace: opt(bool).at(27, "Whether its containers see each other's processes."),
  securityContext: opt(PodSecurityContext).default({}).at(14, 'What its containers may be and do.'),
  imagePullSecrets: list(LocalObjectReference)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(15, 'Secrets for fetching images.'),
  hostname: string.at(16, 'Its host name; its own name unless given.'),
  subdomain: string.at(17, "Makes its full domain name hostname.subdomain.namespace.svc and the cluster's domain."),
  affinity: opt(Affinity).at(18, 'What draws it to nodes and to other pods, or keeps it away from them.'),
  schedulerName: string.default('default-scheduler').at(19, 'Who chooses its node; default-scheduler unless given.'),
  tolerations: list(Toleration).owned('atomic').at(22, 'The taints of nodes that it tolerates.'),
  hostAliases: list(HostAlias).patch('merge', 'ip').owned('map', 'ip').at(23, "Further lines of the pod's hosts file."),
  priorityClassName: string.at(24, 'The class that says how important it is.'),
  priority: opt(int32).at(25, 'How important it is; made from priorityClassName.'),
  dnsConfig: opt(PodDNSConfig).at(26, 'How names are resolved, beside what dnsPolicy gives.'),
  readinessGates: list(PodReadinessGate).owned('atomic').at(28, 'Further conditions that it needs to be ready.'),
  runtimeClassName: opt(string).at(29, 'The class that says how its containers are run.'),
  enableServiceLinks: opt(bool).at(
    30,
    'Whether the containers get variables for the services of the namespace; true unless given.',
  ),
  preemptionPolicy: opt(string.oneOf('PreemptLowerPriority', 'Never')).at(
    31,
    'Whether it may push out pods of lower priority: PreemptLowerPriority or Never.',
  ),
  overhead: map(quantity).at(32, 'What the pod itself needs beside its containers.'),
  topologySpreadConstraints: list(TopologySpreadConstraint)
    .patch('merge', 'topologyKey')
    .owned('map', 'topologyKey', 'whenUnsatisfiable')
    .at(33, 'How evenly it and its like are spread.'),
  setHostnameAsFQDN: opt(bool).at(35, 'Whether its host name is the full domain name.'),
  os: opt(PodOS).at(36, 'The operating system that it is made for.'),
  hostUsers: opt(bool).at(37, 'Whether its users are those of the node; false gives it users of its own.'),
  schedulingGates: list(PodSchedulingGate)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(38, 'What keeps it from being placed.'),
  resourceClaims: list(PodResourceClaim)
    .patch('merge,retainKeys', 'name')
    .owned('map', 'name')
    .at(39, 'Claims on devices that its containers can use.'),
  resources: opt(ResourceRequirements).at(40, 'How much of the node the pod as a whole asks for and may use.'),
  hostnameOverride: opt(string).at(41, 'Its host name, whatever else would make it.'),
  schedulingGroup: opt(PodSchedulingGroup).at(43, 'The group with which it is placed.'),
  evictionResponders: list(EvictionResponder)
    .patch('merge', 'name')
    .owned('map', 'name')
    .at(44, 'Who has a say when the pod is to be evicted.'),
})
export type PodSpec = TypeOf<typeof PodSpec>
