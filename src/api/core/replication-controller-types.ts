// The messages that a replication controller is made of; the kind itself is in replication-controller.ts.

import { int32, int64, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { PodTemplateSpec } from './pod-template-types.ts'

export const ReplicationControllerSpec = message(
  'core/v1.ReplicationControllerSpec',
  'What a replication controller shall look like.',
  {
    replicas: opt(int32).default(1).at(1, 'How many pods are wanted; 1 unless given.'),
    minReadySeconds: int32.at(4, 'How many seconds a pod must be ready without a crash before it counts as available.'),
    selector: map(string)
      .atomic()
      .at(2, 'The labels of the pods that belong to it; those of the template unless given.'),
    template: opt(PodTemplateSpec).at(3, 'What new pods look like; pods that exist are not changed by it.'),
  },
)
export type ReplicationControllerSpec = TypeOf<typeof ReplicationControllerSpec>

export const ReplicationControllerCondition = message(
  'core/v1.ReplicationControllerCondition',
  'One finding about a replication controller.',
  {
    type: req(string).at(1, 'What is found out, as ReplicaFailure.'),
    status: req(string).at(2, 'True, False or Unknown.'),
    lastTransitionTime: time.at(3, 'When the status last changed.'),
    reason: string.at(4, 'Why the status is as it is, in one word.'),
    message: string.at(5, 'The finding in words.'),
  },
)
export type ReplicationControllerCondition = TypeOf<typeof ReplicationControllerCondition>

export const ReplicationControllerStatus = message(
  'core/v1.ReplicationControllerStatus',
  'What is known of a replication controller.',
  {
    replicas: req(int32).at(1, 'How many pods there are that do not go away.'),
    fullyLabeledReplicas: int32.at(2, 'How many pods carry all labels of the template.'),
    readyReplicas: int32.at(4, 'How many pods are ready.'),
    availableReplicas: int32.at(5, 'How many pods have been ready for at least minReadySeconds.'),
    observedGeneration: int64.at(3, 'The generation of the spec that this status is about.'),
    conditions: list(ReplicationControllerCondition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(6, 'The latest findings, one of each type.'),
  },
)
export type ReplicationControllerStatus = TypeOf<typeof ReplicationControllerStatus>
