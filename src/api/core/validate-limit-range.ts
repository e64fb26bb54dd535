// Ranges of limits: names that are known, and bounds and defaults that do not contradict each other.

import { type FieldErrors, Path } from '../field-errors.ts'
import { qualifiedName } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type { LimitRangeItem, LimitRangeSpec } from './limit-range-types.ts'
import { mayOvercommit, validateContainerResourceName, validateKnownName } from './validate-resources.ts'

const fields = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const
type Field = (typeof fields)[number]
const types = new Set(['Pod', 'Container', 'PersistentVolumeClaim'])
const one = Quantity.fromInteger(1)

function validateType(type: string, path: Path, errors: FieldErrors): void {
  const complaints = qualifiedName(type)
  errors.invalidEach(path, type, complaints)
  if (complaints.length > 0 || type.includes('/') || types.has(type)) return
  errors.invalid(path, type, 'must be a standard limit type or fully qualified')
}

/** One of the fields must not be above the other, for one resource; the error is told of one of them. */
interface Order {
  readonly low: Field
  readonly high: Field
  readonly at: Field
  readonly value: Field
  readonly text: (low: Quantity, high: Quantity) => string
}

const orders: readonly Order[] = [
  {
    low: 'min',
    high: 'max',
    at: 'min',
    value: 'min',
    text: (min, max) => `min value ${min} is greater than max value ${max}`,
  },
  {
    low: 'min',
    high: 'defaultRequest',
    at: 'defaultRequest',
    value: 'defaultRequest',
    text: (min, request) => `min value ${min} is greater than default request value ${request}`,
  },
  {
    low: 'defaultRequest',
    high: 'max',
    at: 'defaultRequest',
    value: 'defaultRequest',
    text: (request, max) => `default request value ${request} is greater than max value ${max}`,
  },
  {
    low: 'defaultRequest',
    high: 'default',
    at: 'defaultRequest',
    value: 'defaultRequest',
    text: (request, limit) => `default request value ${request} is greater than default limit value ${limit}`,
  },
  {
    low: 'min',
    high: 'default',
    at: 'default',
    value: 'min',
    text: (min, limit) => `min value ${min} is greater than default value ${limit}`,
  },
  {
    low: 'default',
    high: 'max',
    at: 'default',
    value: 'max',
    text: (limit, max) => `default value ${limit} is greater than max value ${max}`,
  },
]

type Amounts = { readonly [F in Field]?: Quantity | undefined }

function validateRatio(name: string, amounts: Amounts, at: Path, errors: FieldErrors): void {
  const { maxLimitRequestRatio: ratio, min, max } = amounts
  if (!ratio) return
  const path = at.child('maxLimitRequestRatio').key(name)
  if (ratio.compare(one) < 0) errors.invalid(path, ratio.toString(), `ratio ${ratio} is less than 1`)
  if (!min || !max) return
  const most = Number(max.nano) / Number(min.nano)
  if (ratio.toNumber() <= most) return
  // Go writes an endless number so.
  const told = Number.isFinite(most) ? most.toFixed(6) : '+Inf'
  errors.invalid(path, ratio.toString(), `ratio ${ratio} is greater than max/min = ${told}`)
}

function validateAmounts(name: string, amounts: Amounts, at: Path, errors: FieldErrors): void {
  for (const { low, high, at: field, value, text } of orders) {
    const [lower, upper] = [amounts[low], amounts[high]]
    if (!lower || !upper || lower.compare(upper) <= 0) continue
    errors.invalid(at.child(field).key(name), amounts[value]?.toString(), text(lower, upper))
  }
  validateRatio(name, amounts, at, errors)
  const { default: limit, defaultRequest: request } = amounts
  if (mayOvercommit(name) || !limit || !request || limit.equals(request)) return
  const same = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`
  errors.invalid(at.child('defaultRequest').key(name), request.toString(), same)
}

function validateItem(item: LimitRangeItem, at: Path, errors: FieldErrors): void {
  const { type } = item
  const nameRule = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateKnownName
  const byName = new Map<string, { -readonly [F in Field]?: Quantity }>()
  for (const field of fields) {
    const amounts = Object.entries(item[field] ?? {})
    if (type === 'Pod' && (field === 'default' || field === 'defaultRequest')) {
      if (amounts.length > 0) errors.forbidden(at.child(field), "may not be specified when `type` is 'Pod'")
      continue
    }
    const both = type === 'PersistentVolumeClaim' && field === 'maxLimitRequestRatio'
    if (both && item.min?.storage === undefined && item.max?.storage === undefined) {
      const neither = 'either minimum or maximum storage value is required, but neither was provided'
      errors.required(at.child('limits'), neither)
    }
    for (const [name, amount] of amounts) {
      nameRule(name, at.child(field).key(name), errors)
      const known = byName.get(name) ?? {}
      known[field] = Quantity.parse(amount)
      byName.set(name, known)
    }
  }
  for (const [name, amounts] of byName) validateAmounts(name, amounts, at, errors)
}

export function validateLimitRange({ spec }: { readonly spec: LimitRangeSpec }, errors: FieldErrors): void {
  const path = Path.of('spec').child('limits')
  const seen = new Set<string>()
  spec.limits?.forEach((item, i) => {
    const at = path.index(i)
    const type = item.type ?? ''
    validateType(type, at.child('type'), errors)
    if (seen.has(type)) errors.duplicate(at.child('type'), type)
    seen.add(type)
    validateItem(item, at, errors)
  })
}

/** A bound says what a container gets that asks for nothing. */
export function defaultLimits({ spec }: { readonly spec: LimitRangeSpec }): void {
  for (const item of spec.limits ?? []) {
    if (item.type !== 'Container') continue
    const limits = { ...item.max, ...item.default }
    const requests = { ...item.min, ...limits, ...item.defaultRequest }
    if (Object.keys(limits).length > 0) item.default = limits
    if (Object.keys(requests).length > 0) item.defaultRequest = requests
  }
}
