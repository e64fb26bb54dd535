// How a capacity may be shared out: in some amounts, or in steps between two bounds; the default is one of them.

import type { FieldErrors, Path } from '../field-errors.ts'
import { Quantity } from '../quantity.ts'
import type { CapacityRequestPolicy, CapacityRequestPolicyRange } from './device.ts'

const maxOptions = 10

const compare = (a: string, b: string): number => Quantity.parse(a).compare(Quantity.parse(b))

export function validateRequestPolicy(
  capacity: string,
  policy: CapacityRequestPolicy,
  path: Path,
  errors: FieldErrors,
): void {
  const { validValues = [], validRange, default: amount } = policy
  if (validValues.length > 0 && validRange) {
    const text = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'
    errors.forbidden(path, text)
  } else if (validValues.length > 0) {
    if (amount === undefined) errors.required(path.child('default'), 'required when validValues is defined')
    else validateValues(amount, capacity, validValues, path.child('validValues'), errors)
  } else if (validRange) {
    if (amount === undefined) errors.required(path.child('default'), 'required when validRange is defined')
    else validateRange(amount, capacity, validRange, path.child('validRange'), errors)
  }
}

function validateValues(
  amount: string,
  capacity: string,
  values: readonly string[],
  path: Path,
  errors: FieldErrors,
): void {
  values.forEach((value, i) => {
    const before = values[i - 1]
    if (before !== undefined && compare(before, value) > 0) {
      errors.invalid(path.index(i), value, 'values must be sorted in ascending order')
    }
  })
  if (values.length > maxOptions) errors.tooMany(path, values.length, maxOptions)
  else {
    values.forEach((value, i) => {
      if (compare(value, capacity) > 0) {
        errors.invalid(path.index(i), value, `option is larger than capacity value: ${capacity}`)
      }
      if (values.findIndex((one) => compare(one, value) === 0) < i) errors.duplicate(path.index(i), value)
    })
  }
  if (!values.some((value) => compare(value, amount) === 0)) {
    errors.invalid(path, amount, 'default value is not valid according to the requestPolicy')
  }
}

function validateRange(
  amount: string,
  capacity: string,
  { min, max, step }: CapacityRequestPolicyRange,
  path: Path,
  errors: FieldErrors,
): void {
  if (min === undefined) {
    errors.required(path.child('min'), 'required when validRange is defined')
    return
  }
  if (compare(min, capacity) > 0) {
    errors.invalid(path.child('min'), min, `min is larger than capacity value: ${capacity}`)
  }
  if (compare(amount, min) < 0) errors.invalid(path.child('default'), amount, `default is less than min: ${min}`)
  if (max !== undefined) {
    const at = path.child('max')
    if (compare(min, max) > 0) errors.invalid(at, min, `min is larger than max: ${max}`)
    if (compare(max, capacity) > 0) errors.invalid(at, max, `max is larger than capacity value: ${capacity}`)
    if (compare(amount, max) > 0) errors.invalid(path.child('default'), amount, `default is more than max: ${max}`)
  }
  if (step !== undefined) validateStep(step, min, [amount, ...(max === undefined ? [] : [max])], capacity, path, errors)
}

const nano = (text: string): bigint => Quantity.parse(text).nano

function validateStep(
  step: string,
  min: string,
  amounts: readonly string[],
  capacity: string,
  path: Path,
  errors: FieldErrors,
): void {
  const at = path.child('step')
  if (compare(step, '0') <= 0) {
    errors.invalid(at, step, 'must be greater than zero')
    return
  }
  const first = Quantity.parse(min).add(Quantity.parse(step))
  if (first.compare(Quantity.parse(capacity)) > 0) {
    errors.invalid(at, step, `one step ${first} is larger than capacity value: ${capacity}`)
  }
  for (const amount of amounts) {
    if ((nano(amount) - nano(min)) % nano(step) === 0n) continue
    errors.invalid(at, amount, `value is not a multiple of a given step (${step}) from (${min})`)
  }
}
