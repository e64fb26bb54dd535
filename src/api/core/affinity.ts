import { LabelSelector } from '../meta/label-selector.ts'
import { int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { NodeSelector, NodeSelectorTerm } from './node-selector.ts'

export const PreferredSchedulingTerm = message(
  'core/v1.PreferredSchedulingTerm',
  'DOC:core/v1.PreferredSchedulingTerm',
  {
    weight: req(int32).at(1, 'DOC:core/v1.PreferredSchedulingTerm.weight'),
    preference: NodeSelectorTerm.at(2, 'DOC:core/v1.PreferredSchedulingTerm.preference'),
  },
)
export type PreferredSchedulingTerm = TypeOf<typeof PreferredSchedulingTerm>

export const NodeAffinity = message('core/v1.NodeAffinity', 'DOC:core/v1.NodeAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: opt(NodeSelector).at(
    1,
    'DOC:core/v1.NodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
  ),
  preferredDuringSchedulingIgnoredDuringExecution: list(PreferredSchedulingTerm)
    .owned('atomic')
    .at(2, 'DOC:core/v1.NodeAffinity.preferredDuringSchedulingIgnoredDuringExecution'),
})
export type NodeAffinity = TypeOf<typeof NodeAffinity>

export const PodAffinityTerm = message('core/v1.PodAffinityTerm', 'DOC:core/v1.PodAffinityTerm', {
  labelSelector: opt(LabelSelector).at(1, 'DOC:core/v1.PodAffinityTerm.labelSelector'),
  namespaces: list(string).owned('atomic').at(2, 'DOC:core/v1.PodAffinityTerm.namespaces'),
  topologyKey: req(string).at(3, 'DOC:core/v1.PodAffinityTerm.topologyKey'),
  namespaceSelector: opt(LabelSelector).at(4, 'DOC:core/v1.PodAffinityTerm.namespaceSelector'),
  matchLabelKeys: list(string).owned('atomic').at(5, 'DOC:core/v1.PodAffinityTerm.matchLabelKeys'),
  mismatchLabelKeys: list(string).owned('atomic').at(6, 'DOC:core/v1.PodAffinityTerm.mismatchLabelKeys'),
})
export type PodAffinityTerm = TypeOf<typeof PodAffinityTerm>

export const WeightedPodAffinityTerm = message(
  'core/v1.WeightedPodAffinityTerm',
  'DOC:core/v1.WeightedPodAffinityTerm',
  {
    weight: req(int32).at(1, 'DOC:core/v1.WeightedPodAffinityTerm.weight'),
    podAffinityTerm: PodAffinityTerm.at(2, 'DOC:core/v1.WeightedPodAffinityTerm.podAffinityTerm'),
  },
)
export type WeightedPodAffinityTerm = TypeOf<typeof WeightedPodAffinityTerm>

export const PodAffinity = message('core/v1.PodAffinity', 'DOC:core/v1.PodAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(PodAffinityTerm)
    .owned('atomic')
    .at(1, 'DOC:core/v1.PodAffinity.requiredDuringSchedulingIgnoredDuringExecution'),
  preferredDuringSchedulingIgnoredDuringExecution: list(WeightedPodAffinityTerm)
    .owned('atomic')
    .at(2, 'DOC:core/v1.PodAffinity.preferredDuringSchedulingIgnoredDuringExecution'),
})
export type PodAffinity = TypeOf<typeof PodAffinity>

export const PodAntiAffinity = message('core/v1.PodAntiAffinity', 'DOC:core/v1.PodAntiAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: list(PodAffinityTerm)
    .owned('atomic')
    .at(1, 'DOC:core/v1.PodAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution'),
  preferredDuringSchedulingIgnoredDuringExecution: list(WeightedPodAffinityTerm)
    .owned('atomic')
    .at(2, 'DOC:core/v1.PodAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution'),
})
export type PodAntiAffinity = TypeOf<typeof PodAntiAffinity>

export const Affinity = message('core/v1.Affinity', 'DOC:core/v1.Affinity', {
  nodeAffinity: opt(NodeAffinity).at(1, 'DOC:core/v1.Affinity.nodeAffinity'),
  podAffinity: opt(PodAffinity).at(2, 'DOC:core/v1.Affinity.podAffinity'),
  podAntiAffinity: opt(PodAntiAffinity).at(3, 'DOC:core/v1.Affinity.podAntiAffinity'),
})
export type Affinity = TypeOf<typeof Affinity>

export const TopologySpreadConstraint = message(
  'core/v1.TopologySpreadConstraint',
  'DOC:core/v1.TopologySpreadConstraint',
  {
    maxSkew: req(int32).at(1, 'DOC:core/v1.TopologySpreadConstraint.maxSkew'),
    topologyKey: req(string).at(2, 'DOC:core/v1.TopologySpreadConstraint.topologyKey'),
    whenUnsatisfiable: req(string.oneOf('DoNotSchedule', 'ScheduleAnyway')).at(
      3,
      'DOC:core/v1.TopologySpreadConstraint.whenUnsatisfiable',
    ),
    labelSelector: opt(LabelSelector).at(4, 'DOC:core/v1.TopologySpreadConstraint.labelSelector'),
    minDomains: opt(int32).at(5, 'DOC:core/v1.TopologySpreadConstraint.minDomains'),
    nodeAffinityPolicy: opt(string.oneOf('Honor', 'Ignore')).at(
      6,
      'DOC:core/v1.TopologySpreadConstraint.nodeAffinityPolicy',
    ),
    nodeTaintsPolicy: opt(string.oneOf('Honor', 'Ignore')).at(
      7,
      'DOC:core/v1.TopologySpreadConstraint.nodeTaintsPolicy',
    ),
    matchLabelKeys: list(string).owned('atomic').at(8, 'DOC:core/v1.TopologySpreadConstraint.matchLabelKeys'),
  },
)
export type TopologySpreadConstraint = TypeOf<typeof TopologySpreadConstraint>
