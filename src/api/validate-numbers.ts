// Numbers that may be percentages, as rollouts and budgets have them.

import type { FieldErrors, Path } from './field-errors.ts'
import { type IntOrString, percentOf } from './int-or-string.ts'
import { percent } from './names.ts'

export function validatePositiveIntOrPercent(value: IntOrString, path: Path, errors: FieldErrors): void {
  if (typeof value === 'string') errors.invalidEach(path, value, percent(value))
  else if (value < 0) errors.invalid(path, value, 'must be greater than or equal to 0')
}

export function validateAtMost100Percent(value: IntOrString, path: Path, errors: FieldErrors): void {
  if ((percentOf(value) ?? 0) > 100) errors.invalid(path, value, 'must not be greater than 100%')
}
