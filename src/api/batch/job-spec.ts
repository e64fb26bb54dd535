// What a job shall do: the spec of jobs, and of the jobs that a cron job makes.

import { PodTemplateSpec } from '../core/pod-template-types.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { any, bool, int32, int64, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const PodFailurePolicyOnExitCodesRequirement = message(
  'batch/v1.PodFailurePolicyOnExitCodesRequirement',
  'Matches pods by the exit codes of their containers.',
  {
    containerName: opt(string).at(1, 'The container whose code counts; all unless given.'),
    operator: req(string.choices('In', 'NotIn')).at(
      2,
      'In matches a code that is one of the values, NotIn a code other than 0 that is none of them.',
    ),
    values: req(list(int32)).owned('set').at(3, 'The codes, in rising order; 0 cannot be one of them for In.'),
  },
)
export type PodFailurePolicyOnExitCodesRequirement = TypeOf<typeof PodFailurePolicyOnExitCodesRequirement>

export const PodFailurePolicyOnPodConditionsPattern = message(
  'batch/v1.PodFailurePolicyOnPodConditionsPattern',
  'Matches pods by one of their conditions.',
  {
    type: req(string).at(1, 'The type of the condition.'),
    status: req(string).default('True').at(2, 'The status of the condition; True unless given.'),
  },
)
export type PodFailurePolicyOnPodConditionsPattern = TypeOf<typeof PodFailurePolicyOnPodConditionsPattern>

export const PodFailurePolicyRule = message(
  'batch/v1.PodFailurePolicyRule',
  'What is done about pods that failed in some way.',
  {
    action: req(string.choices('FailJob', 'FailIndex', 'Ignore', 'Count')).at(
      1,
      'FailJob, FailIndex, Ignore (the pod is replaced and not counted) or Count (as if there were no rule).',
    ),
    onExitCodes: opt(PodFailurePolicyOnExitCodesRequirement).at(2, 'The exit codes that the rule is for.'),
    onPodConditions: list(PodFailurePolicyOnPodConditionsPattern)
      .owned('atomic')
      .at(3, 'The conditions that the rule is for; one of them is enough.'),
  },
)
export type PodFailurePolicyRule = TypeOf<typeof PodFailurePolicyRule>

export const PodFailurePolicy = message(
  'batch/v1.PodFailurePolicy',
  'What is done about pods that failed, by how they failed.',
  {
    rules: req(list(PodFailurePolicyRule)).owned('atomic').at(1, 'The rules; the first that matches counts.'),
  },
)
export type PodFailurePolicy = TypeOf<typeof PodFailurePolicy>

export const SuccessPolicyRule = message(
  'batch/v1.SuccessPolicyRule',
  'When a job with indexes is a success before all have succeeded.',
  {
    succeededIndexes: opt(string).at(1, 'The indexes that must have succeeded, as 0-4,7.'),
    succeededCount: opt(int32).at(2, 'How many of these indexes must have succeeded; all unless given.'),
  },
)
export type SuccessPolicyRule = TypeOf<typeof SuccessPolicyRule>

export const SuccessPolicy = message(
  'batch/v1.SuccessPolicy',
  'When a job with indexes is a success before all have succeeded.',
  {
    rules: req(list(SuccessPolicyRule)).owned('atomic').at(1, 'The rules; one of them is enough.'),
  },
)
export type SuccessPolicy = TypeOf<typeof SuccessPolicy>

export const JobSchedulingConfiguration = message(
  'batch/v1.JobSchedulingConfiguration',
  'How the pods of a job are placed together.',
  {
    schedulingPolicy: opt(any).at(1, 'Whether they are placed one by one or all at once.'),
    schedulingConstraints: opt(any).at(2, 'Where they must be placed.'),
    disruptionMode: opt(any).at(3, 'Whether they may be disrupted one by one or only together.'),
    resourceClaims: list(any).patch('merge', 'name').owned('map', 'name').at(4, 'Claims on devices that they share.'),
  },
)
export type JobSchedulingConfiguration = TypeOf<typeof JobSchedulingConfiguration>

export const JobSpec = message('batch/v1.JobSpec', 'What a job shall do.', {
  parallelism: opt(int32).at(1, 'How many pods may run at once; 1 unless given.'),
  completions: opt(int32).at(2, 'How many pods must succeed; absent, one success is enough and ends the job.'),
  activeDeadlineSeconds: opt(int64).at(3, 'After how many seconds the job is ended as failed.'),
  podFailurePolicy: opt(PodFailurePolicy).at(11, 'What is done about pods that failed, by how they failed.'),
  successPolicy: opt(SuccessPolicy).at(16, 'When the job is a success before all its indexes have succeeded.'),
  backoffLimit: opt(int32).at(7, 'How many failed pods end the job as failed; 6 unless given.'),
  backoffLimitPerIndex: opt(int32).at(12, 'How many failed pods end one index as failed; only with indexes.'),
  maxFailedIndexes: opt(int32).at(13, 'How many failed indexes end the job as failed.'),
  selector: opt(LabelSelector).at(4, 'Which pods belong to the job; the server makes it unless manualSelector is set.'),
  manualSelector: opt(bool).at(5, 'Whether the selector and the labels are made by whoever writes the job.'),
  template: PodTemplateSpec.at(6, 'What the pods look like; they are not restarted when they succeed.'),
  ttlSecondsAfterFinished: opt(int32).at(8, 'After how many seconds the ended job is deleted; never unless given.'),
  completionMode: opt(string.choices('NonIndexed', 'Indexed')).at(
    9,
    'NonIndexed, or Indexed where each pod has a number from 0 to completions - 1.',
  ),
  suspend: opt(bool).at(10, 'While true, the job has no pods.'),
  podReplacementPolicy: opt(string.choices('TerminatingOrFailed', 'Failed')).at(
    14,
    'When an ending pod is replaced: TerminatingOrFailed at once, Failed when it has ended.',
  ),
  managedBy: opt(string).at(15, 'Who looks after the job, if it is not the built-in controller. It never changes.'),
  scheduling: opt(JobSchedulingConfiguration).at(17, 'How the pods are placed together.'),
})
export type JobSpec = TypeOf<typeof JobSpec>
