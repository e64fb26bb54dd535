// Jobs: numbers that make sense together, a selector that is the server's own, and what never changes once there
// may be pods.

import { validateSelected } from '../apps/validate-template.ts'
import { validatePodTemplate } from '../core/validate-pod.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path, sortedMap } from '../field-errors.ts'
import { selectorOf } from '../labels.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { dns1123Label, domainPrefixedPath } from '../names.ts'
import type { JobSpec } from './job-spec.ts'
import type { JobStatus } from './job-types.ts'
import { validateFailurePolicy, validateSuccessPolicy } from './validate-job-policy.ts'

export interface JobParts {
  readonly metadata: ObjectMeta
  readonly spec: JobSpec
  readonly status: JobStatus
}

const path = Path.of('spec')
const maxIndexed = 100_000
/** Above so many completions the sets of indexes in the status must be kept short. */
const manyCompletions = 100_000
const maxWithMany = 10_000
const maxManagerBytes = 63

const jobName = ['batch.kubernetes.io/job-name', 'job-name']
const controllerUid = ['batch.kubernetes.io/controller-uid', 'controller-uid']

const atMost = (max: number): string => `must be less than or equal to ${max}`

function validateIndexed(spec: JobSpec, at: Path, errors: FieldErrors): void {
  const { completions, parallelism, maxFailedIndexes: maxFailed } = spec
  const failedPath = at.child('maxFailedIndexes')
  if (completions === undefined) errors.required(at.child('completions'), 'when completion mode is Indexed')
  if (parallelism !== undefined && parallelism > maxIndexed) {
    errors.invalid(at.child('parallelism'), parallelism, `${atMost(maxIndexed)} when completion mode is Indexed`)
  }
  if (maxFailed !== undefined) {
    if (completions !== undefined && maxFailed > completions) {
      errors.invalid(failedPath, maxFailed, 'must be less than or equal to completions')
    }
    if (maxFailed > maxIndexed) errors.invalid(failedPath, maxFailed, atMost(maxIndexed))
  }
  if (completions === undefined || completions <= manyCompletions || spec.backoffLimitPerIndex === undefined) return
  const when = `when completions are above ${manyCompletions} and used with backoff limit per index`
  if (maxFailed === undefined) {
    errors.required(failedPath, `must be specified when completions is above ${manyCompletions}`)
  }
  if (parallelism !== undefined && parallelism > maxWithMany) {
    errors.invalid(at.child('parallelism'), parallelism, `${atMost(maxWithMany)} ${when}`)
  }
  if (maxFailed !== undefined && maxFailed > maxWithMany) {
    errors.invalid(failedPath, maxFailed, `${atMost(maxWithMany)} ${when}`)
  }
}

function validateMode(spec: JobSpec, at: Path, errors: FieldErrors): void {
  const { completionMode: mode } = spec
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.notSupported(at.child('completionMode'), mode, ['NonIndexed', 'Indexed'])
  } else if (mode === 'Indexed') validateIndexed(spec, at, errors)
  else {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      const value = spec[field]
      if (value !== undefined) errors.invalid(at.child(field), value, 'requires indexed completion mode')
    }
  }
}

const restartPolicies = ['OnFailure', 'Never']

function validateTemplate({ template, podFailurePolicy }: JobSpec, at: Path, errors: FieldErrors): void {
  validatePodTemplate(template, at.child('template'), errors)
  const { restartPolicy } = template.spec
  const where = at.child('template').child('spec').child('restartPolicy')
  if (!restartPolicy || restartPolicy === 'Always') errors.required(where, 'valid values: "OnFailure", "Never"')
  else if (restartPolicies.includes(restartPolicy) && podFailurePolicy && restartPolicy !== 'Never') {
    errors.invalid(where, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')
  }
}

const replacementPolicies = ['Failed', 'TerminatingOrFailed']
const notNegative = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const

/** What holds for jobs, and for those that a cron job makes. */
export function validateJobSpec(spec: JobSpec, at: Path, errors: FieldErrors): void {
  for (const field of notNegative) validateNonNegative(spec[field], at.child(field), errors)
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.required(at.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified')
  }
  const { managedBy, podReplacementPolicy: replacement, podFailurePolicy, successPolicy } = spec
  if (managedBy !== undefined) {
    if (managedBy === '') errors.required(at.child('managedBy'))
    else errors.invalidEach(at.child('managedBy'), managedBy, domainPrefixedPath(managedBy))
    if (managedBy.length > maxManagerBytes) errors.tooLong(at.child('managedBy'), maxManagerBytes)
  }
  validateMode(spec, at, errors)
  if (podFailurePolicy) validateFailurePolicy(spec, podFailurePolicy, at.child('podFailurePolicy'), errors)
  if (successPolicy) {
    const where = at.child('successPolicy')
    if (spec.completionMode === 'Indexed') validateSuccessPolicy(spec, successPolicy, where, errors)
    else errors.invalid(where, successPolicy, 'requires indexed completion mode')
  }
  if (replacement !== undefined) {
    const allowed = podFailurePolicy ? ['Failed'] : replacementPolicies
    if (!allowed.includes(replacement)) errors.notSupported(at.child('podReplacementPolicy'), replacement, allowed)
  }
  validateTemplate(spec, at, errors)
}

/** Gives the job's pods its name and UID for labels, and selects by the latter. */
export function generateSelector({ metadata, spec }: JobParts): void {
  if (spec.manualSelector) return
  const labels = { ...spec.template.metadata.labels }
  for (const key of jobName) labels[key] ??= metadata.name ?? ''
  for (const key of controllerUid) labels[key] ??= metadata.uid ?? ''
  spec.template.metadata.labels = labels
  const [key = ''] = controllerUid
  const { matchLabels } = spec.selector ?? {}
  spec.selector = { ...spec.selector, matchLabels: { [key]: metadata.uid ?? '', ...matchLabels } }
}

/** Nobody else may have said otherwise. */
function validateGenerated({ metadata, spec }: JobParts, errors: FieldErrors): void {
  const { name = '', uid = '' } = metadata
  if (spec.manualSelector || !spec.selector) return
  if (!uid) errors.required('metadata.uid')
  const labels = spec.template.metadata.labels ?? {}
  const wanted: Record<string, string> = {}
  const [uidKey = '', oldUidKey = ''] = controllerUid
  const [nameKey = '', oldNameKey = ''] = jobName
  const labelsPath = path.child('template').child('metadata').child('labels')
  for (const [key, value] of [
    [oldUidKey, uid],
    [oldNameKey, name],
    [uidKey, uid],
    [nameKey, name],
  ] as const) {
    wanted[key] = value
    if (labels[key] === undefined) errors.required(labelsPath.key(key), `must be '${value}'`)
    else if (labels[key] !== value) errors.invalid(labelsPath.key(key), sortedMap(labels), `must be '${value}'`)
  }
  try {
    if (selectorOf(spec.selector).matches(wanted)) return
  } catch {
    // What is wrong with it is told by its own rules.
    return
  }
  errors.invalid(path.child('selector'), spec.selector, '`selector` not auto-generated')
}

export function validateJob(job: JobParts, errors: FieldErrors): void {
  const { metadata, spec } = job
  validateJobSpec(spec, path, errors)
  if (!spec.selector) errors.required(path.child('selector'))
  else validateLabelSelector(spec.selector, path.child('selector'), errors)
  validateSelected(spec.selector, spec.template, errors)
  const { completionMode, completions = 0 } = spec
  if (completionMode !== 'Indexed' || completions <= 0) return
  const last = `${metadata.name}-${completions - 1}`
  if (dns1123Label(last).length === 0) return
  errors.invalid('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${last}`)
}

export const validateNewJob = (job: JobParts, errors: FieldErrors): void => validateGenerated(job, errors)

/** What of the pods may still change before there are any: where they run, and how much they get. */
function withoutDirectives({ template }: JobSpec): unknown {
  const { labels: _, annotations: __, ...metadata } = template.metadata
  const { nodeSelector: _n, tolerations: _t, schedulingGates: _g, affinity = {}, ...spec } = template.spec
  const { nodeAffinity: _a, ...otherAffinity } = affinity
  const unsized = (containers: typeof spec.containers | undefined) =>
    containers?.map(({ resources: _r, ...container }) => container)
  return {
    metadata,
    spec: {
      ...spec,
      affinity: otherAffinity,
      containers: unsized(spec.containers),
      initContainers: unsized(spec.initContainers),
    },
  }
}

const immutable = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const

export function validateJobUpdate({ spec: next }: JobParts, job: JobParts, errors: FieldErrors): void {
  const { spec: old, status } = job
  const fixed = (field: string, value: unknown) =>
    errors.invalid(path.child(field), value ?? null, 'field is immutable')
  if (next.completions !== old.completions) {
    if (next.completionMode !== 'Indexed') fixed('completions', next.completions)
    else if (next.completions !== undefined && next.completions !== next.parallelism) {
      errors.invalid(
        path.child('completions'),
        next.completions,
        'can only be modified in tandem with spec.parallelism',
      )
    }
  }
  if (old.suspend && status.startTime === undefined) {
    if (!sameValue(withoutDirectives(next), withoutDirectives(old))) fixed('template', next.template)
  } else if (!sameValue(next.template, old.template)) fixed('template', next.template)
  for (const field of immutable) if (!sameValue(next[field], old[field])) fixed(field, next[field])
}
