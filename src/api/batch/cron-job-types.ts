// The messages that a cron job is made of; the kind itself is in cron-job.ts.

import { ObjectReference } from '../core/reference.ts'
import { ObjectMeta } from '../meta/object-meta.ts'
import { bool, int32, int64, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { JobSpec } from './job-spec.ts'

export const JobTemplateSpec = message('batch/v1.JobTemplateSpec', 'What jobs look like that are made from this.', {
  metadata: ObjectMeta.at(1, 'Labels and annotations of the jobs.'),
  spec: JobSpec.at(2, 'What they shall do.'),
})
export type JobTemplateSpec = TypeOf<typeof JobTemplateSpec>

export const CronJobSpec = message('batch/v1.CronJobSpec', 'When jobs are made, and what they look like.', {
  schedule: req(string).at(1, 'The times, in the five fields of cron, or as @hourly, @daily and the like.'),
  timeZone: opt(string).at(8, 'The time zone of the schedule, as Europe/Zurich; that of the controller unless given.'),
  startingDeadlineSeconds: opt(int64).at(2, 'How many seconds late a job may start; otherwise it counts as missed.'),
  concurrencyPolicy: string
    .oneOf('Allow', 'Forbid', 'Replace')
    .default('Allow')
    .at(3, 'What happens if the last job still runs: Allow, Forbid (skip the new one) or Replace (end the old one).'),
  suspend: opt(bool).default(false).at(4, 'While true, no further jobs are made.'),
  jobTemplate: JobTemplateSpec.at(5, 'What the jobs look like.'),
  successfulJobsHistoryLimit: opt(int32).default(3).at(6, 'How many jobs that succeeded are kept; 3 unless given.'),
  failedJobsHistoryLimit: opt(int32).default(1).at(7, 'How many jobs that failed are kept; 1 unless given.'),
})
export type CronJobSpec = TypeOf<typeof CronJobSpec>

export const CronJobStatus = message('batch/v1.CronJobStatus', 'What is known of a cron job.', {
  active: list(ObjectReference).owned('atomic').at(1, 'The jobs that run.'),
  lastScheduleTime: opt(time).at(4, 'The last time that a job was made for.'),
  lastSuccessfulTime: opt(time).at(5, 'When a job last succeeded.'),
})
export type CronJobStatus = TypeOf<typeof CronJobStatus>
