import { ageColumn, containerColumns, nameColumn, none, since } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { formatLabelSelector } from '../labels.ts'
import { CronJobSpec, CronJobStatus } from './cron-job-types.ts'
import { jobWarnings } from './job-warnings.ts'
import { validateCronJobUpdate, validateNewCronJob } from './validate-cron-job.ts'

const specPath = Path.of('spec').child('jobTemplate').child('spec')

export const CronJob = kind({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Makes jobs at certain times.',
  fields: {
    spec: CronJobSpec.at(2, 'When, and what they look like.'),
    status: CronJobStatus.at(3, 'What runs, and what ran last.'),
  },
  status: true,
  columns: [
    nameColumn,
    { name: 'Schedule', description: 'When jobs are made.', value: ({ spec }) => spec.schedule ?? '' },
    {
      name: 'Timezone',
      description: 'The time zone of the schedule.',
      value: ({ spec }) => spec.timeZone ?? none,
    },
    {
      name: 'Suspend',
      description: 'Whether no further jobs are made.',
      value: ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'),
    },
    {
      name: 'Active',
      type: 'integer',
      description: 'How many jobs run.',
      value: ({ status }) => status.active?.length ?? 0,
    },
    {
      name: 'Last Schedule',
      description: 'How long ago a job was last made for a time of the schedule.',
      value: ({ status }, nowMs) => (status.lastScheduleTime ? since(status.lastScheduleTime, nowMs) : none),
    },
    ageColumn,
    ...containerColumns.map((column) => ({
      ...column,
      value: ({ spec: { jobTemplate } }: { readonly spec: CronJobSpec }, nowMs: number) =>
        column.value(jobTemplate, nowMs),
    })),
    {
      name: 'Selector',
      priority: 1,
      description: 'Which pods belong to its jobs.',
      value: ({ spec }) => formatLabelSelector(spec.jobTemplate.spec.selector),
    },
  ],
  defaults: ({ spec }) => defaultPodSpec(spec.jobTemplate.spec.template.spec),
  validateCreate: validateNewCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: (job, old) => jobWarnings(job.spec.jobTemplate.spec, specPath, job, old),
})
export type CronJob = ObjectOf<typeof CronJob>
