// Questions about access: one thing is asked, about somebody, and nothing but the question is sent.

import { type FieldErrors, Path } from '../field-errors.ts'
import type { FieldSelectorRequirement } from '../meta/field-selector.ts'
import type { LabelSelectorRequirement } from '../meta/label-selector.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { labelValue, qualifiedName } from '../names.ts'
import type { ResourceAttributes, SubjectAccessReviewSpec } from './access-review.ts'

const path = Path.of('spec')

type Requirement = FieldSelectorRequirement | LabelSelectorRequirement

/** An operator that is not known here may be known to whoever asks: it is not refused. */
function validateValues({ operator, values = [] }: Requirement, at: Path, errors: FieldErrors): void {
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    errors.required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'")
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    errors.forbidden(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
  }
}

function validateFieldRequirement(one: FieldSelectorRequirement, at: Path, errors: FieldErrors): void {
  if (!one.key) errors.required(at.child('key'), 'must be specified')
  validateValues(one, at, errors)
}

function validateLabelRequirement(one: LabelSelectorRequirement, at: Path, errors: FieldErrors): void {
  validateValues(one, at, errors)
  errors.invalidEach(at.child('key'), one.key, qualifiedName(one.key ?? ''))
  one.values?.forEach((value, i) => {
    errors.invalidEach(at.child('values').index(i), value, labelValue(value))
  })
}

interface Selector<R> {
  readonly rawSelector?: string | undefined
  readonly requirements?: readonly R[] | undefined
}

function validateSelector<R>(
  { rawSelector = '', requirements = [] }: Selector<R>,
  at: Path,
  errors: FieldErrors,
  validateOne: (one: R, at: Path, errors: FieldErrors) => void,
): void {
  if (rawSelector !== '' && requirements.length > 0) {
    errors.invalid(at.child('rawSelector'), rawSelector, 'may not specified at the same time as requirements')
  }
  if (rawSelector === '' && requirements.length === 0) {
    errors.required(at.child('requirements'), `when ${at} is specified, requirements or rawSelector is required`)
  }
  requirements.forEach((one, i) => {
    validateOne(one, at.child('requirements').index(i), errors)
  })
}

function validateResource({ fieldSelector, labelSelector }: ResourceAttributes, errors: FieldErrors): void {
  const at = path.child('resourceAttributes')
  if (fieldSelector) validateSelector(fieldSelector, at.child('fieldSelector'), errors, validateFieldRequirement)
  if (labelSelector) validateSelector(labelSelector, at.child('labelSelector'), errors, validateLabelRequirement)
}

type Asked = Pick<SubjectAccessReviewSpec, 'resourceAttributes' | 'nonResourceAttributes'>

export function validateAsked(spec: Asked, errors: FieldErrors): void {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec
  if (resource && other) {
    const text = 'cannot be specified in combination with resourceAttributes'
    errors.invalid(path.child('nonResourceAttributes'), other, text)
  }
  if (!resource && !other) {
    const text = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.invalid(path.child('resourceAttributes'), null, text)
  }
  if (resource) validateResource(resource, errors)
}

export function validateSubject({ user = '', groups = [] }: SubjectAccessReviewSpec, errors: FieldErrors): void {
  if (user === '' && groups.length === 0) {
    errors.invalid(path.child('user'), user, 'at least one of user or group must be specified')
  }
}

/** A question has no name or labels of its own; `except` is what it may have. */
export function validateNoMetadata(metadata: ObjectMeta, errors: FieldErrors, ...except: readonly string[]): void {
  const ignored = new Set([...except, 'managedFields'])
  const given = Object.entries(metadata).some(([field, value]) => value !== undefined && !ignored.has(field))
  const text = except.length === 0 ? 'must be empty' : `must be empty except for ${except.join(', ')}`
  if (given) errors.invalid('metadata', metadata, text)
}
