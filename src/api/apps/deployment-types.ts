// The messages that a deployment is made of; the kind itself, with its rules, is in deployment.ts.

import { PodTemplateSpec } from '../core/pod-template-types.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { bool, int32, int64, intOrString, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const RollingUpdateDeployment = message(
  'apps/v1.RollingUpdateDeployment',
  'The bounds within which a rolling update moves.',
  {
    maxUnavailable: opt(intOrString).at(
      1,
      'How many pods may be missing from the wanted number, as a number or a percentage of it rounded down; 25% unless given.',
    ),
    maxSurge: opt(intOrString).at(
      2,
      'How many pods may exist above the wanted number, as a number or a percentage of it rounded up; 25% unless given.',
    ),
  },
)
export type RollingUpdateDeployment = TypeOf<typeof RollingUpdateDeployment>

export const DeploymentStrategy = message('apps/v1.DeploymentStrategy', 'How old pods are replaced by new ones.', {
  type: string
    .oneOf('Recreate', 'RollingUpdate')
    .default('RollingUpdate')
    .at(1, 'RollingUpdate replaces them step by step, Recreate ends all old ones before the first new one starts.'),
  rollingUpdate: opt(RollingUpdateDeployment).at(2, 'The bounds of a rolling update; only for the type RollingUpdate.'),
})
export type DeploymentStrategy = TypeOf<typeof DeploymentStrategy>

export const DeploymentSpec = message('apps/v1.DeploymentSpec', 'What a deployment shall look like.', {
  replicas: opt(int32).default(1).at(1, 'How many pods are wanted; 1 unless given.'),
  selector: opt(LabelSelector).at(
    2,
    'Which pods belong to the deployment; it must match the labels of the template, and never changes.',
  ),
  template: PodTemplateSpec.at(3, 'What the pods look like; a change of it starts a rollout.'),
  strategy: DeploymentStrategy.patch('retainKeys').at(4, 'How old pods are replaced by new ones.'),
  minReadySeconds: int32.at(5, 'How many seconds a pod must be ready without a crash before it counts as available.'),
  revisionHistoryLimit: opt(int32)
    .default(10)
    .at(6, 'How many old ReplicaSets are kept to go back to; 10 unless given.'),
  paused: bool.at(7, 'While true, changes of the template are not rolled out.'),
  progressDeadlineSeconds: opt(int32)
    .default(600)
    .at(9, 'After so many seconds without progress a rollout is reported as failed; it is not undone.'),
})
export type DeploymentSpec = TypeOf<typeof DeploymentSpec>

export const DeploymentCondition = message('apps/v1.DeploymentCondition', 'One finding about a deployment.', {
  type: req(string).at(1, 'What is found out: Available, Progressing or ReplicaFailure.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  lastUpdateTime: time.at(6, 'When the finding was last looked at.'),
  lastTransitionTime: time.at(7, 'When the status last changed.'),
  reason: string.at(4, 'Why the status is as it is, in one word.'),
  message: string.at(5, 'The finding in words.'),
})
export type DeploymentCondition = TypeOf<typeof DeploymentCondition>

export const DeploymentStatus = message('apps/v1.DeploymentStatus', 'What is known of a deployment.', {
  observedGeneration: int64.at(1, 'The generation of the spec that this status is about.'),
  replicas: int32.at(2, 'How many pods there are that do not go away.'),
  updatedReplicas: int32.at(3, 'How many pods have the newest template.'),
  readyReplicas: int32.at(7, 'How many pods are ready.'),
  availableReplicas: int32.at(4, 'How many pods have been ready for at least minReadySeconds.'),
  unavailableReplicas: int32.at(5, 'How many pods are missing for the deployment to be fully available.'),
  terminatingReplicas: opt(int32).at(9, 'How many pods are being deleted but have not ended yet.'),
  conditions: list(DeploymentCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(6, 'The latest findings, one of each type.'),
  collisionCount: opt(int32).at(
    8,
    'How often the name of a new ReplicaSet was taken already; it becomes part of the next name.',
  ),
})
export type DeploymentStatus = TypeOf<typeof DeploymentStatus>
