// Labels and label selectors inside objects: upstream's rules, paths and sentences.

import type { FieldErrors, Path } from '../field-errors.ts'
import { labelValue, qualifiedName } from '../names.ts'
import type { LabelSelector, LabelSelectorRequirement } from './label-selector.ts'

export const validateLabelName = (name: string, path: Path, errors: FieldErrors): void =>
  errors.invalidEach(path, name, qualifiedName(name))

export function validateLabels(labels: Readonly<Record<string, string>>, path: Path, errors: FieldErrors): void {
  for (const [key, value] of Object.entries(labels)) {
    validateLabelName(key, path, errors)
    errors.invalidEach(path, value, labelValue(value))
  }
}

function validateRequirement(one: LabelSelectorRequirement, path: Path, errors: FieldErrors): void {
  const values = one.values ?? []
  const valuesPath = path.child('values')
  switch (one.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.required(valuesPath, "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.forbidden(valuesPath, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      }
      break
    default:
      errors.invalid(path.child('operator'), one.operator, 'not a valid selector operator')
  }
  validateLabelName(one.key, path.child('key'), errors)
  values.forEach((value, i) => {
    errors.invalidEach(valuesPath.index(i), value, labelValue(value))
  })
}

export function validateLabelSelector(selector: LabelSelector | undefined, path: Path, errors: FieldErrors): void {
  validateLabels(selector?.matchLabels ?? {}, path.child('matchLabels'), errors)
  selector?.matchExpressions?.forEach((one, i) => {
    validateRequirement(one, path.child('matchExpressions').index(i), errors)
  })
}

export const selectsEverything = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0
