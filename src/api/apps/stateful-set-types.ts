// The messages that a StatefulSet is made of; the kind itself is in stateful-set.ts.

import { PersistentVolumeClaim } from '../core/persistent-volume-claim.ts'
import { PodTemplateSpec } from '../core/pod-template-types.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import {
  int32,
  int64,
  intOrString,
  list,
  message,
  opt,
  req,
  type Schema,
  string,
  type TypeOf,
  time,
} from '../schema.ts'

export const StatefulSetOrdinals = message(
  'apps/v1.StatefulSetOrdinals',
  'How the pods of a StatefulSet are numbered.',
  {
    start: req(int32).at(1, 'The number of the first pod; 0 unless given.'),
  },
)
export type StatefulSetOrdinals = TypeOf<typeof StatefulSetOrdinals>

export const StatefulSetPersistentVolumeClaimRetentionPolicy = message(
  'apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy',
  'What happens to the claims of pods that go away.',
  {
    whenDeleted: string
      .choices('Retain', 'Delete')
      .default('Retain')
      .at(1, 'Retain keeps the claims when the set is deleted, Delete deletes them with it.'),
    whenScaled: string
      .choices('Retain', 'Delete')
      .default('Retain')
      .at(2, 'Retain keeps the claims of pods that are scaled away, Delete deletes them.'),
  },
)
export type StatefulSetPersistentVolumeClaimRetentionPolicy = TypeOf<
  typeof StatefulSetPersistentVolumeClaimRetentionPolicy
>

export const RollingUpdateStatefulSetStrategy = message(
  'apps/v1.RollingUpdateStatefulSetStrategy',
  'The bounds within which a rolling update moves.',
  {
    partition: opt(int32).default(0).at(1, 'Pods with a number below this one keep the old template; 0 unless given.'),
    maxUnavailable: opt(intOrString)
      .default(1)
      .at(
        2,
        'How many pods may be missing meanwhile, as a number or a percentage of the replicas rounded up; 1 unless given.',
      ),
  },
)
export type RollingUpdateStatefulSetStrategy = TypeOf<typeof RollingUpdateStatefulSetStrategy>

export const StatefulSetUpdateStrategy = message(
  'apps/v1.StatefulSetUpdateStrategy',
  'How old pods are replaced by new ones.',
  {
    type: string
      .choices('RollingUpdate', 'OnDelete', 'Recreate')
      .default('RollingUpdate')
      .at(
        1,
        'RollingUpdate replaces them one by one from the last to the first, OnDelete waits until somebody deletes them, Recreate ends all of them first.',
      ),
    rollingUpdate: opt(RollingUpdateStatefulSetStrategy).at(
      2,
      'The bounds of a rolling update; only for the type RollingUpdate.',
    ),
  },
)
export type StatefulSetUpdateStrategy = TypeOf<typeof StatefulSetUpdateStrategy>

export const StatefulSetSpec = message('apps/v1.StatefulSetSpec', 'What a StatefulSet shall look like.', {
  replicas: opt(int32).default(1).at(1, 'How many pods are wanted; 1 unless given.'),
  selector: opt(LabelSelector).at(
    2,
    'Which pods belong to the set; it must match the labels of the template, and never changes.',
  ),
  template: PodTemplateSpec.at(3, 'What the pods look like; each is called after the set and its number.'),
  volumeClaimTemplates: list(PersistentVolumeClaim.schema as Schema<PersistentVolumeClaim, 'always'>)
    .owned('atomic')
    .at(4, 'The claims that each pod gets for itself, and keeps when it comes back.'),
  serviceName: req(string).at(5, 'The headless service under which each pod has a name of its own; it never changes.'),
  podManagementPolicy: string
    .choices('OrderedReady', 'Parallel')
    .default('OrderedReady')
    .at(6, 'OrderedReady starts and ends pods one after the other, Parallel all at once.'),
  updateStrategy: StatefulSetUpdateStrategy.at(7, 'How old pods are replaced by new ones.'),
  revisionHistoryLimit: opt(int32).default(10).at(8, 'How many old states are kept to go back to; 10 unless given.'),
  minReadySeconds: int32.at(9, 'How many seconds a pod must be ready without a crash before it counts as available.'),
  persistentVolumeClaimRetentionPolicy: opt(StatefulSetPersistentVolumeClaimRetentionPolicy)
    .default({ whenDeleted: 'Retain', whenScaled: 'Retain' })
    .at(10, 'What happens to the claims of pods that go away; they are kept unless given.'),
  ordinals: opt(StatefulSetOrdinals).at(11, 'How the pods are numbered; from 0 unless given.'),
})
export type StatefulSetSpec = TypeOf<typeof StatefulSetSpec>

export const StatefulSetCondition = message('apps/v1.StatefulSetCondition', 'One finding about a StatefulSet.', {
  type: req(string).at(1, 'What is found out.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  lastTransitionTime: time.at(3, 'When the status last changed.'),
  reason: string.at(4, 'Why the status is as it is, in one word.'),
  message: string.at(5, 'The finding in words.'),
})
export type StatefulSetCondition = TypeOf<typeof StatefulSetCondition>

export const StatefulSetStatus = message('apps/v1.StatefulSetStatus', 'What is known of a StatefulSet.', {
  observedGeneration: int64.at(1, 'The generation of the spec that this status is about.'),
  replicas: req(int32).at(2, 'How many pods there are.'),
  readyReplicas: int32.at(3, 'How many pods are ready.'),
  currentReplicas: int32.at(4, 'How many pods have the state named by currentRevision.'),
  updatedReplicas: int32.at(5, 'How many pods have the state named by updateRevision.'),
  currentRevision: string.at(6, 'The state that pods without the newest template have.'),
  updateRevision: string.at(7, 'The state that pods with the newest template have.'),
  collisionCount: opt(int32).at(
    9,
    'How often the name of a new state was taken already; it becomes part of the next name.',
  ),
  conditions: list(StatefulSetCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(10, 'The latest findings, one of each type.'),
  availableReplicas: req(int32).at(11, 'How many pods have been ready for at least minReadySeconds.'),
})
export type StatefulSetStatus = TypeOf<typeof StatefulSetStatus>
