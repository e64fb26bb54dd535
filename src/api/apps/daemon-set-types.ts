// The messages that a DaemonSet is made of; the kind itself is in daemon-set.ts.

import { PodTemplateSpec } from '../core/pod-template-types.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { int32, int64, intOrString, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const RollingUpdateDaemonSet = message(
  'apps/v1.RollingUpdateDaemonSet',
  'The bounds within which a rolling update moves.',
  {
    maxUnavailable: opt(intOrString).at(
      1,
      'On how many nodes the pod may be missing, as a number or a percentage of them rounded up; 1 unless given.',
    ),
    maxSurge: opt(intOrString).at(
      2,
      'On how many nodes there may be an old and a new pod at once, as a number or a percentage of them rounded up; 0 unless given.',
    ),
  },
)
export type RollingUpdateDaemonSet = TypeOf<typeof RollingUpdateDaemonSet>

export const DaemonSetUpdateStrategy = message(
  'apps/v1.DaemonSetUpdateStrategy',
  'How old pods are replaced by new ones.',
  {
    type: string
      .choices('RollingUpdate', 'OnDelete')
      .default('RollingUpdate')
      .at(1, 'RollingUpdate replaces them node by node, OnDelete waits until somebody deletes them.'),
    rollingUpdate: opt(RollingUpdateDaemonSet).at(
      2,
      'The bounds of a rolling update; only for the type RollingUpdate.',
    ),
  },
)
export type DaemonSetUpdateStrategy = TypeOf<typeof DaemonSetUpdateStrategy>

export const DaemonSetSpec = message('apps/v1.DaemonSetSpec', 'What a DaemonSet shall look like.', {
  selector: opt(LabelSelector).at(
    1,
    'Which pods belong to the set; it must match the labels of the template, and never changes.',
  ),
  template: PodTemplateSpec.at(
    2,
    'What the pods look like; they run on every node that its node selector and tolerations allow.',
  ),
  updateStrategy: DaemonSetUpdateStrategy.at(3, 'How old pods are replaced by new ones.'),
  minReadySeconds: int32.at(4, 'How many seconds a pod must be ready without a crash before it counts as available.'),
  revisionHistoryLimit: opt(int32).default(10).at(6, 'How many old states are kept to go back to; 10 unless given.'),
})
export type DaemonSetSpec = TypeOf<typeof DaemonSetSpec>

export const DaemonSetCondition = message('apps/v1.DaemonSetCondition', 'One finding about a DaemonSet.', {
  type: req(string).at(1, 'What is found out.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  lastTransitionTime: time.at(3, 'When the status last changed.'),
  reason: string.at(4, 'Why the status is as it is, in one word.'),
  message: string.at(5, 'The finding in words.'),
})
export type DaemonSetCondition = TypeOf<typeof DaemonSetCondition>

export const DaemonSetStatus = message('apps/v1.DaemonSetStatus', 'What is known of a DaemonSet.', {
  currentNumberScheduled: req(int32).at(1, 'How many nodes that should run the pod do so.'),
  numberMisscheduled: req(int32).at(2, 'How many nodes that should not run the pod do so.'),
  desiredNumberScheduled: req(int32).at(3, 'How many nodes should run the pod.'),
  numberReady: req(int32).at(4, 'How many nodes have a pod that is ready.'),
  observedGeneration: int64.at(5, 'The generation of the spec that this status is about.'),
  updatedNumberScheduled: int32.at(6, 'How many nodes run a pod of the newest template.'),
  numberAvailable: int32.at(7, 'How many nodes have a pod that has been ready for at least minReadySeconds.'),
  numberUnavailable: int32.at(8, 'How many nodes should have an available pod and have none.'),
  collisionCount: opt(int32).at(
    9,
    'How often the name of a new state was taken already; it becomes part of the next name.',
  ),
  conditions: list(DaemonSetCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(10, 'The latest findings, one of each type.'),
})
export type DaemonSetStatus = TypeOf<typeof DaemonSetStatus>
