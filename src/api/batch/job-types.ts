// The messages that a job is made of; the kind itself is in job.ts.

import { int32, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const JobCondition = message('batch/v1.JobCondition', 'One finding about a job.', {
  type: req(string).at(1, 'What is found out: Complete, Failed, Suspended, FailureTarget or SuccessCriteriaMet.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  lastProbeTime: time.at(3, 'When the finding was last looked at.'),
  lastTransitionTime: time.at(4, 'When the status last changed.'),
  reason: string.at(5, 'Why the status is as it is, in one word.'),
  message: string.at(6, 'The finding in words.'),
})
export type JobCondition = TypeOf<typeof JobCondition>

export const UncountedTerminatedPods = message(
  'batch/v1.UncountedTerminatedPods',
  'Pods that have ended and are not counted yet.',
  {
    succeeded: list(string).owned('set').at(1, 'The UIDs of those that succeeded.'),
    failed: list(string).owned('set').at(2, 'The UIDs of those that failed.'),
  },
)
export type UncountedTerminatedPods = TypeOf<typeof UncountedTerminatedPods>

export const JobStatus = message('batch/v1.JobStatus', 'What is known of a job.', {
  conditions: list(JobCondition).patch('merge', 'type').owned('atomic').at(1, 'The latest findings.'),
  startTime: opt(time).at(2, 'When the controller took it up; anew after each suspension.'),
  completionTime: opt(time).at(3, 'When it was done; absent for one that failed.'),
  active: int32.at(4, 'How many pods wait or run.'),
  succeeded: int32.at(5, 'How many pods have succeeded.'),
  failed: int32.at(6, 'How many pods have failed.'),
  terminating: opt(int32).at(11, 'How many pods are being deleted but have not ended yet.'),
  completedIndexes: string.at(7, 'The indexes that have succeeded, as 1,3-5,7.'),
  failedIndexes: opt(string).at(10, 'The indexes that have failed, as 1,3-5,7.'),
  uncountedTerminatedPods: opt(UncountedTerminatedPods).at(8, 'Pods that have ended and are not counted yet.'),
  ready: opt(int32).at(9, 'How many pods are ready.'),
})
export type JobStatus = TypeOf<typeof JobStatus>
