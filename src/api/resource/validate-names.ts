// Names in the world of devices, lists that may not grow, and small things that several of its kinds have.

import { validateDriverName } from '../core/validate-drivers.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { validateLabelName } from '../meta/validate-labels.ts'
import { cIdentifier, dns1123Label, dns1123Subdomain, labelValue } from '../names.ts'
import type { DeviceTaint, DeviceToleration } from './device.ts'

const maxPoolBytes = 253
const maxIdBytes = 32

export const validateLabel = (name: string, path: Path, errors: FieldErrors): void =>
  errors.invalidEach(path, name, dns1123Label(name))

/** One name, or several with slashes between them. */
export function validatePoolName(name: string, path: Path, errors: FieldErrors): void {
  if (name === '') {
    errors.required(path)
    return
  }
  if (name.length > maxPoolBytes) errors.tooLong(path, maxPoolBytes)
  for (const part of name.split('/')) errors.invalidEach(path, part, dns1123Subdomain(part))
}

function validateIdentifier(id: string, path: Path, errors: FieldErrors): void {
  if (id.length > maxIdBytes) errors.tooLong(path, maxIdBytes)
  errors.invalidEach(path, id, cIdentifier(id))
}

/** `model` or `example.com/model`. */
export function validateQualifiedName(name: string, path: Path, errors: FieldErrors): void {
  const [first = '', second, ...more] = name.split('/')
  if (second === undefined) validateIdentifier(first, path, errors)
  else if (more.length > 0) errors.invalid(path, name, 'must not contain more than one slash')
  else {
    if (first === '') errors.invalid(path, '', 'the domain must not be empty')
    else validateDriverName(first, path, errors)
    if (second === '') errors.invalid(path, '', 'the name must not be empty')
    else validateIdentifier(second, path, errors)
  }
}

export function validateFullName(name: string, path: Path, errors: FieldErrors): void {
  validateQualifiedName(name, path, errors)
  if (name.includes('/')) return
  errors.invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function validateShareId(id: string, path: Path, errors: FieldErrors): void {
  if (uuid.test(id)) return
  const text =
    'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
  errors.invalid(path, id, text)
}

/** A list that is too long is not looked into. */
export function validateItems<T>(
  items: readonly T[] | undefined,
  max: number,
  path: Path,
  errors: FieldErrors,
  validate: (item: T, path: Path) => void,
): void {
  if (!items) return
  if (items.length > max) errors.tooMany(path, items.length, max)
  else for (const [i, item] of items.entries()) validate(item, path.index(i))
}

/** The same where no key may be there twice. */
export function validateSet<T>(
  items: readonly T[] | undefined,
  max: number,
  path: Path,
  errors: FieldErrors,
  keyOf: (item: T) => string,
  validate: (item: T, path: Path) => void,
): void {
  validateItems(items, max, path, errors, validate)
  if (!items || items.length > max) return
  const seen = new Set<string>()
  items.forEach((item, i) => {
    const key = keyOf(item)
    if (seen.has(key)) errors.duplicate(path.index(i), key)
    seen.add(key)
  })
}

/** Data that only a driver understands is an object at least. */
export function validateRawObject(value: unknown, maxBytes: number, path: Path, errors: FieldErrors): void {
  if (value === undefined || value === null) errors.required(path)
  else if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) errors.tooLong(path, maxBytes)
  else if (typeof value !== 'object' || Array.isArray(value)) {
    errors.invalid(path, '<value omitted>', 'must be a valid JSON object')
  }
}

export function validateTaint(taint: DeviceTaint, path: Path, errors: FieldErrors): void {
  validateLabelName(taint.key ?? '', path.child('key'), errors)
  if (taint.value) errors.invalidEach(path.child('value'), taint.value, labelValue(taint.value))
  if (!taint.effect) errors.required(path.child('effect'))
}

export function validateToleration(toleration: DeviceToleration, path: Path, errors: FieldErrors): void {
  const { key = '', operator, value = '' } = toleration
  if (key !== '') validateLabelName(key, path.child('key'), errors)
  if (operator === 'Exists') {
    if (value !== '') errors.invalid(path.child('value'), value, 'must be empty for operator `Exists`')
  } else if (operator === 'Equal') errors.invalidEach(path.child('value'), value, labelValue(value))
}

const maxBinding = 4

interface Binding {
  readonly bindingConditions?: readonly string[] | undefined
  readonly bindingFailureConditions?: readonly string[] | undefined
}

/** Conditions for success and for failure: both or none, and none in both. */
export function validateBindingConditions(of: Binding, path: Path, errors: FieldErrors): void {
  const { bindingConditions: good = [], bindingFailureConditions: bad = [] } = of
  const goodAt = path.child('bindingConditions')
  const badAt = path.child('bindingFailureConditions')
  const validateName = (name: string, at: Path) => validateLabelName(name, at, errors)
  validateSet(good, maxBinding, goodAt, errors, String, validateName)
  validateSet(bad, maxBinding, badAt, errors, String, validateName)
  bad.forEach((condition, i) => {
    if (!good.includes(condition)) return
    errors.invalid(badAt.index(i), condition, 'bindingFailureConditions must not overlap with bindingConditions')
  })
  if (good.length === 0 && bad.length > 0) {
    errors.invalid(goodAt, good, 'bindingConditions are required to use bindingFailureConditions')
  }
  if (bad.length === 0 && good.length > 0) {
    errors.invalid(badAt, bad, 'bindingFailureConditions are required to use bindingConditions')
  }
}

export function validateSkipped(skipped: readonly string[] | undefined, path: Path, errors: FieldErrors): void {
  if (!skipped?.includes('NodePrepareResources')) return
  if (skipped.includes('NodeUnprepareResources') || skipped.includes('*')) return
  const text = 'NodePrepareResources cannot be skipped unless NodeUnprepareResources is also skipped'
  errors.invalid(path, skipped, text)
}
