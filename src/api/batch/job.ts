import { ageColumn, containerColumns, humanDuration, nameColumn, selectorColumn } from '../columns.ts'
import { isConditionTrue } from '../conditions.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { JobSpec } from './job-spec.ts'
import { JobStatus } from './job-types.ts'
import { jobWarnings } from './job-warnings.ts'
import { generateSelector, validateJob, validateJobUpdate, validateNewJob } from './validate-job.ts'
import { validateJobStatus } from './validate-job-status.ts'

/** Upstream's largest number, for a job that fails by its indexes only. */
const endless = 2 ** 31 - 1
const defaultBackoffLimit = 6

function defaultJob({ metadata, spec }: { readonly metadata: ObjectMeta; readonly spec: JobSpec }): void {
  // Nothing said is one pod; a number at once alone is a queue of work of unknown length.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? defaultBackoffLimit : endless
  const { labels } = spec.template.metadata
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels }
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  spec.manualSelector ??= false
  defaultPodSpec(spec.template.spec)
}

const shownConditions = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']

function statusOf(metadata: ObjectMeta, { conditions }: JobStatus): string {
  const is = (wanted: string) => isConditionTrue(conditions, wanted)
  const over = ['Complete', 'Failed'].find(is)
  if (over) return over
  if (metadata.deletionTimestamp) return 'Terminating'
  return shownConditions.find(is) ?? 'Running'
}

function completionsOf({ completions, parallelism = 0 }: JobSpec, { succeeded = 0 }: JobStatus): string {
  if (completions !== undefined) return `${succeeded}/${completions}`
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

const orphansTold =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

export const Job = kind({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Runs pods until enough of them have succeeded.',
  fields: {
    spec: JobSpec.at(2, 'What is to be done.'),
    status: JobStatus.at(3, 'How far it has come.'),
  },
  status: true,
  selectableFields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
  columns: [
    nameColumn,
    {
      name: 'Status',
      description: 'Whether it runs, or how it ended.',
      value: ({ metadata, status }) => statusOf(metadata, status),
    },
    {
      name: 'Completions',
      description: 'How many pods have succeeded, of those that must.',
      value: ({ spec, status }) => completionsOf(spec, status),
    },
    {
      name: 'Duration',
      description: 'How long it has run, or took.',
      value: ({ status: { startTime, completionTime } }, nowMs) => {
        if (!startTime) return ''
        return humanDuration((completionTime ? Date.parse(completionTime) : nowMs) - Date.parse(startTime))
      },
    },
    ageColumn,
    ...containerColumns,
    selectorColumn,
  ],
  orphansByDefault: { warning: orphansTold },
  defaults: defaultJob,
  prepareForCreate: generateSelector,
  validate: validateJob,
  validateCreate: validateNewJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  warnings: (job, old) => jobWarnings(job.spec, Path.of('spec'), job, old),
})
export type Job = ObjectOf<typeof Job>
