// Cron jobs: a schedule and a time zone that can be read, and jobs whose selector is left to the server.

import { CronError, isTimeZone, parseCron } from '#lib/cron.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { parseDuration } from '../duration.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { CronJobSpec } from './cron-job-types.ts'
import { validateJobSpec } from './validate-job.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: CronJobSpec
}

const path = Path.of('spec')

function validateSchedule(spec: CronJobSpec, old: CronJobSpec | undefined, errors: FieldErrors): void {
  const { schedule = '', timeZone } = spec
  const at = path.child('schedule')
  if (schedule === '') {
    errors.required(at)
    return
  }
  try {
    parseCron(schedule, parseDuration)
  } catch (error) {
    if (!(error instanceof CronError)) throw error
    errors.invalid(at, schedule, error.message)
  }
  if (!schedule.includes('TZ')) return
  // It was never meant to be used, but what is there stays.
  if (!old?.schedule.includes('TZ')) {
    errors.invalid(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
  } else if (timeZone !== undefined) {
    errors.invalid(at, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')
  }
}

const zonePart = /^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/

function validateTimeZone(timeZone: string, errors: FieldErrors): void {
  const at = path.child('timeZone')
  if (timeZone === '') {
    errors.invalid(at, timeZone, 'timeZone must be nil or non-empty string')
    return
  }
  const isName = timeZone.split('/').every((part) => part !== '.' && part !== '..' && zonePart.test(part))
  if (timeZone.toLowerCase() === 'local') {
    const explicit = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    errors.invalid(at, timeZone, explicit)
  } else if (!isName || !isTimeZone(timeZone)) errors.invalid(at, timeZone, `unknown time zone ${timeZone}`)
}

function validateTemplate({ jobTemplate }: CronJobSpec, errors: FieldErrors): void {
  const at = path.child('jobTemplate').child('spec')
  const { spec } = jobTemplate
  validateJobSpec(spec, at, errors)
  if (spec.selector) errors.invalid(at.child('selector'), spec.selector, '`selector` will be auto-generated')
  if (spec.manualSelector) errors.notSupported(at.child('manualSelector'), true, ['nil', 'false'])
}

function validateSpec(spec: CronJobSpec, old: CronJobSpec | undefined, errors: FieldErrors): void {
  validateSchedule(spec, old, errors)
  validateNonNegative(spec.startingDeadlineSeconds, path.child('startingDeadlineSeconds'), errors)
  if (spec.timeZone !== undefined && spec.timeZone !== old?.timeZone) validateTimeZone(spec.timeZone, errors)
  validateTemplate(spec, errors)
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const) {
    validateNonNegative(spec[field], path.child(field), errors)
  }
}

/** The name of a job is that of the cron job and eleven characters more. */
const maxNameCharacters = 63 - 11

export function validateNewCronJob({ metadata, spec }: Parts, errors: FieldErrors): void {
  validateSpec(spec, undefined, errors)
  const { name = '' } = metadata
  if (name.length > maxNameCharacters)
    errors.invalid('metadata.name', name, `must be no more than ${maxNameCharacters} characters`)
}

export const validateCronJobUpdate = ({ spec: next }: Parts, { spec: old }: Parts, errors: FieldErrors): void =>
  validateSpec(next, old, errors)
