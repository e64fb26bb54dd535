// The status of a job, whoever writes it: it must not contradict itself, and what is over stays over.

import { isConditionTrue } from '../conditions.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { commonIndex, IndexesError, type Interval, parseIndexes } from './indexes.ts'
import type { JobStatus } from './job-types.ts'
import type { JobParts } from './validate-job.ts'

const path = Path.of('status')
const conditions = path.child('conditions')

const is = ({ conditions: all }: JobStatus, wanted: string): boolean => isConditionTrue(all, wanted)

export const isFinished = (status: JobStatus): boolean => is(status, 'Complete') || is(status, 'Failed')

/** Invalid as a whole, without telling the value. */
const contradicts = (errors: FieldErrors, text: string): void =>
  errors.add('FieldValueInvalid', conditions, 'Invalid value', text)

const never: readonly (readonly [string, string, string])[] = [
  ['Complete', 'Failed', 'cannot set Complete=True and Failed=true conditions'],
  ['Complete', 'FailureTarget', 'cannot set Complete=True and FailureTarget=true conditions'],
  ['SuccessCriteriaMet', 'Failed', 'cannot set SuccessCriteriaMet=True and Failed=true conditions'],
  ['SuccessCriteriaMet', 'FailureTarget', 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'],
]
const first: readonly (readonly [string, string, string])[] = [
  ['Failed', 'FailureTarget', 'cannot set Failed=True condition without the FailureTarget=true condition'],
  [
    'Complete',
    'SuccessCriteriaMet',
    'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
  ],
]

function validateConditions(status: JobStatus, errors: FieldErrors): void {
  for (const [one, other, text] of never) if (is(status, one) && is(status, other)) contradicts(errors, text)
  for (const [one, before, text] of first) if (is(status, one) && !is(status, before)) contradicts(errors, text)
}

function validateTimes({ startTime, completionTime, ...status }: JobStatus, errors: FieldErrors): void {
  const at = path.child('completionTime')
  const complete = is(status, 'Complete')
  if (completionTime !== undefined && !complete) {
    errors.invalid(at, completionTime, 'cannot set completionTime when there is no Complete=True condition')
  }
  if (completionTime === undefined && complete) errors.required(at, 'completionTime is required for Complete jobs')
  if (startTime !== undefined && completionTime !== undefined && completionTime < startTime) {
    errors.invalid(at, completionTime, 'must be equal to or after `startTime`')
  }
  if (startTime === undefined && isFinished(status)) {
    errors.required(path.child('startTime'), 'startTime is required for finished job')
  }
}

function validateFinished(status: JobStatus, errors: FieldErrors): void {
  if (!isFinished(status)) return
  const { active = 0, terminating = 0, uncountedTerminatedPods: uncounted } = status
  if (active > 0) errors.invalid(path.child('active'), active, 'active>0 is invalid for finished job')
  if ((uncounted?.succeeded?.length ?? 0) + (uncounted?.failed?.length ?? 0) > 0) {
    errors.invalid(path.child('uncountedTerminatedPods'), uncounted, 'must be empty for finished job')
  }
  if (terminating > 0) {
    errors.invalid(path.child('terminating'), terminating, 'terminating>0 is invalid for finished job')
  }
}

function validateUncounted({ uncountedTerminatedPods: uncounted }: JobStatus, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const field of ['succeeded', 'failed'] as const) {
    uncounted?.[field]?.forEach((uid, i) => {
      const at = path.child('uncountedTerminatedPods').child(field).index(i)
      if (uid === '') errors.invalid(at, uid, 'must not be empty')
      else if (seen.has(uid)) errors.duplicate(at, uid)
      seen.add(uid)
    })
  }
}

function readIndexes(
  field: 'completedIndexes' | 'failedIndexes',
  text: string,
  completions: number,
  errors: FieldErrors,
): readonly Interval[] {
  try {
    return parseIndexes(text, completions)
  } catch (error) {
    if (!(error instanceof IndexesError)) throw error
    errors.invalid(path.child(field), text, `error parsing ${field}: ${error.message}`)
    return []
  }
}

function validateIndexes({ spec, status }: JobParts, errors: FieldErrors): void {
  const { completedIndexes = '', failedIndexes } = status
  const { completions, completionMode, backoffLimitPerIndex } = spec
  if (completedIndexes !== '' && completionMode !== 'Indexed') {
    const none = 'cannot set non-empty completedIndexes when non-indexed completion mode'
    errors.invalid(path.child('completedIndexes'), completedIndexes, none)
  }
  if (failedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    const none = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'
    errors.invalid(path.child('failedIndexes'), failedIndexes, none)
  }
  if (completions === undefined) return
  const completed = readIndexes('completedIndexes', completedIndexes, completions, errors)
  if (failedIndexes === undefined || backoffLimitPerIndex === undefined) return
  const common = commonIndex(completed, readIndexes('failedIndexes', failedIndexes, completions, errors))
  if (common === undefined) return
  const both = `failedIndexes and completedIndexes overlap at index: ${common}`
  errors.invalid(path.child('failedIndexes'), failedIndexes, both)
}

const final = ['Failed', 'Complete', 'FailureTarget', 'SuccessCriteriaMet'] as const

function validateProgress({ spec, status }: JobParts, { status: old }: JobParts, errors: FieldErrors): void {
  for (const type of final) {
    if (!is(old, type) || is(status, type)) continue
    const which = type === 'SuccessCriteriaMet' ? 'the' : 'the terminal'
    contradicts(errors, `cannot disable ${which} ${type}=True condition`)
  }
  for (const field of ['failed', 'succeeded'] as const) {
    const value = status[field] ?? 0
    // Fewer completions may be wanted of a job with indexes than were done already.
    if (field === 'succeeded' && spec.completionMode === 'Indexed') continue
    if (value >= (old[field] ?? 0)) continue
    errors.invalid(path.child(field), value, `cannot decrease the ${field} counter`)
  }
  const { completionTime, startTime } = status
  if (completionTime && old.completionTime && completionTime !== old.completionTime) {
    errors.invalid(path.child('completionTime'), completionTime, 'field is immutable')
  }
  if (old.startTime && startTime !== old.startTime && !spec.suspend) {
    errors.required(path.child('startTime'), 'startTime cannot be removed for unsuspended job')
  }
}

export function validateJobStatus(next: JobParts, old: JobParts, errors: FieldErrors): void {
  const { status } = next
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    validateNonNegative(status[field], path.child(field), errors)
  }
  validateUncounted(status, errors)
  validateConditions(status, errors)
  validateTimes(status, errors)
  validateFinished(status, errors)
  validateIndexes(next, errors)
  const { ready = 0, active = 0 } = status
  if (ready > active) errors.invalid(path.child('ready'), ready, 'cannot set more ready pods than active')
  validateProgress(next, old, errors)
}
