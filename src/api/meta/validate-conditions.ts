// Conditions as every newer kind has them: upstream's rules, paths and sentences.

import type { FieldErrors, Path } from '../field-errors.ts'
import type { Condition } from './condition.ts'
import { validateLabelName } from './validate-labels.ts'

const statuses = ['False', 'True', 'Unknown']
const maxReasonBytes = 1024
const maxMessageBytes = 32 * 1024
const reasonFormat = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const reasonPattern = new RegExp(`^${reasonFormat}$`)
const reasonText = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${reasonFormat}')`

export function validateConditions(
  conditions: readonly Condition[] | undefined,
  path: Path,
  errors: FieldErrors,
): void {
  const seen = new Set<string>()
  conditions?.forEach((condition, i) => {
    if (seen.has(condition.type)) errors.duplicate(path.index(i).child('type'), condition.type)
    seen.add(condition.type)
    validateCondition(condition, path.index(i), errors)
  })
}

function validateCondition(condition: Condition, path: Path, errors: FieldErrors): void {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  validateLabelName(type, path.child('type'), errors)
  if (!statuses.includes(status)) errors.notSupported(path.child('status'), status, statuses)
  if (observedGeneration < 0) {
    const text = 'must be greater than or equal to zero'
    errors.invalid(path.child('observedGeneration'), observedGeneration, text)
  }
  if (!lastTransitionTime) errors.required(path.child('lastTransitionTime'), 'must be set')
  const reasonAt = path.child('reason')
  if (reason === '') errors.required(reasonAt, 'must be set')
  else if (!reasonPattern.test(reason)) errors.invalid(reasonAt, reason, reasonText)
  if (Buffer.byteLength(reason) > maxReasonBytes) errors.tooLong(reasonAt, maxReasonBytes)
  if (Buffer.byteLength(message) > maxMessageBytes) errors.tooLong(path.child('message'), maxMessageBytes)
}
