import { LabelSelector } from '../meta/label-selector.ts'
import { int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { NodeSelector, NodeSelectorTerm } from './node-selector.ts'

export const PreferredSchedulingTerm = message('core/v1.PreferredSchedulingTerm', 'A wish about nodes.', {
  weight: req(int32).at(1, 'How much, from 1 to 100.'),
  preference: NodeSelectorTerm.at(2, 'Which nodes are wished for.'),
})
export type PreferredSchedulingTerm = TypeOf<typeof PreferredSchedulingTerm>

export const NodeAffinity = message('core/v1.NodeAffinity', 'Which nodes a pod wants.', {
  requiredDuringSchedulingIgnoredDuringExecution: opt(NodeSelector).at(
    1,
    'What must hold when the pod is placed; later changes do not move it.',
  ),
  preferredDuringSchedulingIgnoredDuringExecution: list(PreferredSchedulingTerm)
    .owned('atomic')
    .at(2, 'What is wished for; a node gets the weight of every wish that it meets.'),
})
export type NodeAffinity = TypeOf<typeof NodeAffinity>

export const PodAffinityTerm = message('core/v1.PodAffinityTerm', 'Pods, and how near is near.', {
  labelSelector: opt(LabelSelector).at(1, 'The labels of the other pods; absent means none.'),
  namespaces: list(string)
    .owned('atomic')
    .at(2, 'The namespaces that the other pods are in; that of this pod unless given.'),
  topologyKey: req(string).at(
    3,
    'The label of nodes that tells places apart: nodes with the same value are one place.',
  ),
  namespaceSelector: opt(LabelSelector).at(
    4,
    'The labels of the namespaces that the other pods are in; an empty one means all.',
  ),
  matchLabelKeys: list(string)
    .owned('atomic')
    .at(5, 'Labels that the other pods must have with the same value as this one.'),
  mismatchLabelKeys: list(string)
    .owned('atomic')
    .at(6, 'Labels that the other pods must have with another value than this one.'),
})
export type PodAffinityTerm = TypeOf<typeof PodAffinityTerm>

export const WeightedPodAffinityTerm = message('core/v1.WeightedPodAffinityTerm', 'A wish about other pods.', {
  weight: req(int32).at(1, 'How much, from 1 to 100.'),
  podAffinityTerm: PodAffinityTerm.at(2, 'The pods, and how near is near.'),
})
export type WeightedPodAffinityTerm = TypeOf<typeof WeightedPodAffinityTerm>

export const PodAffinity = message('core/v1.PodAffinity', 'Which pods a pod wants to be near.', {
  requiredDuringSchedulingIgnoredDuringExecution: list(PodAffinityTerm)
    .owned('atomic')
    .at(1, 'What must hold when the pod is placed; later changes do not move it.'),
  preferredDuringSchedulingIgnoredDuringExecution: list(WeightedPodAffinityTerm)
    .owned('atomic')
    .at(2, 'What is wished for; a node gets the weight of every wish that it meets.'),
})
export type PodAffinity = TypeOf<typeof PodAffinity>

export const PodAntiAffinity = message('core/v1.PodAntiAffinity', 'Which pods a pod wants to be far from.', {
  requiredDuringSchedulingIgnoredDuringExecution: list(PodAffinityTerm)
    .owned('atomic')
    .at(1, 'What must hold when the pod is placed; later changes do not move it.'),
  preferredDuringSchedulingIgnoredDuringExecution: list(WeightedPodAffinityTerm)
    .owned('atomic')
    .at(2, 'What is wished for; a node loses the weight of every wish that it goes against.'),
})
export type PodAntiAffinity = TypeOf<typeof PodAntiAffinity>

export const Affinity = message(
  'core/v1.Affinity',
  'What draws a pod to nodes and to other pods, or keeps it away from them.',
  {
    nodeAffinity: opt(NodeAffinity).at(1, 'Which nodes the pod wants.'),
    podAffinity: opt(PodAffinity).at(2, 'Which pods it wants to be near.'),
    podAntiAffinity: opt(PodAntiAffinity).at(3, 'Which pods it wants to be far from.'),
  },
)
export type Affinity = TypeOf<typeof Affinity>

export const TopologySpreadConstraint = message(
  'core/v1.TopologySpreadConstraint',
  'How evenly pods are spread over places.',
  {
    maxSkew: req(int32).at(1, 'By how many pods two places may differ at most.'),
    topologyKey: req(string).at(2, 'The label of nodes that tells places apart.'),
    whenUnsatisfiable: req(string.oneOf('DoNotSchedule', 'ScheduleAnyway')).at(
      3,
      'DoNotSchedule lets the pod wait, ScheduleAnyway takes the best node.',
    ),
    labelSelector: opt(LabelSelector).at(4, 'The pods that are counted.'),
    minDomains: opt(int32).at(5, 'Over how many places at least.'),
    nodeAffinityPolicy: opt(string.oneOf('Honor', 'Ignore')).at(
      6,
      'Whether only nodes count that the pod wants: Honor or Ignore.',
    ),
    nodeTaintsPolicy: opt(string.oneOf('Honor', 'Ignore')).at(
      7,
      'Whether only nodes count whose taints it tolerates: Honor or Ignore.',
    ),
    matchLabelKeys: list(string)
      .owned('atomic')
      .at(8, 'Labels that counted pods must have with the same value as this one.'),
  },
)
export type TopologySpreadConstraint = TypeOf<typeof TopologySpreadConstraint>
