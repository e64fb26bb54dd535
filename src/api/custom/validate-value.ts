// Whether a value is as a structural schema says, told in the words of upstream's validator. What has not changed in an
// update is not looked at again, so that an object does not become unusable when its schema becomes stricter.

import { equalJson, isObject, own } from '#lib/json.ts'
import { FieldErrors, formatValue } from '../field-errors.ts'
import { counterparts, keysOf } from './correlation.ts'
import { fitsFormat } from './formats.ts'
import { matchesPattern } from './pattern.ts'
import type { Structural } from './structural.ts'

/** `at` is empty for the object as a whole; `old` is what stood there, undefined where nothing did. */
export function validateValue(node: Structural, value: unknown, old: unknown, at: string, errors: FieldErrors): void {
  if (old !== undefined && equalJson(value, old)) return
  checkType(node, value, at, errors)
  checkEnum(node, value, at, errors)
  if (value === null) return
  if (typeof value === 'string') checkText(node, value, at, errors)
  else if (typeof value === 'number' || typeof value === 'bigint') checkNumber(node, value, at, errors)
  else if (Array.isArray(value)) checkList(node, value, old, at, errors)
  else if (isObject(value)) checkObject(node, value, old, at, errors)
  checkJunctors(node, value, at, errors)
}

/** What is larger was never read as an integer upstream. */
const isInt64 = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 63

const typeOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number'
        ? isInt64(value)
          ? 'integer'
          : 'number'
        : typeof value === 'bigint'
          ? 'integer'
          : typeof value

const member = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`)

function wrongType(at: string, wanted: string, found: string, errors: FieldErrors): void {
  errors.typeInvalid(at, found, `${at} in body must be of type ${wanted}: ${JSON.stringify(found)}`)
}

function checkType({ type, intOrString, nullable }: Structural, value: unknown, at: string, errors: FieldErrors) {
  const found = typeOf(value)
  if (found === 'null') {
    if (!nullable && (type !== '' || intOrString)) wrongType(at, intOrString ? 'integer,string' : type, found, errors)
    return
  }
  if (intOrString) {
    if (found !== 'integer' && found !== 'string') wrongType(at, 'integer,string', found, errors)
  } else if (type !== '' && found !== type && !(type === 'number' && found === 'integer')) {
    wrongType(at, type, found, errors)
  }
}

function checkEnum({ source }: Structural, value: unknown, at: string, errors: FieldErrors): void {
  const { enum: choices } = source
  if (!choices?.length || choices.some((choice) => equalJson(choice, value))) return
  const texts = choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)))
  errors.notSupported(at, value, texts)
}

/** As Go counts characters. */
function lengthOf(text: string): number {
  let pairs = 0
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit < 0xdc00) {
      pairs++
      i++
    }
  }
  return text.length - pairs
}

function checkText({ source }: Structural, value: string, at: string, errors: FieldErrors): void {
  const { maxLength, minLength, pattern, format } = source
  if (maxLength !== undefined && lengthOf(value) > maxLength) errors.tooLong(at, maxLength)
  if (minLength !== undefined && lengthOf(value) < minLength) {
    errors.invalid(at, value, `${at} in body should be at least ${minLength} chars long`)
  }
  if (pattern && !matchesPattern(pattern, value)) {
    errors.invalid(at, value, `${at} in body should match '${pattern}'`)
  }
  if (format && !fitsFormat(format, value)) {
    errors.typeInvalid(at, value, `${at} in body must be of type ${format}: ${JSON.stringify(value)}`)
  }
}

function checkNumber({ source }: Structural, value: number | bigint, at: string, errors: FieldErrors): void {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } = source
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    errors.invalid(at, value, `${at} in body should be a multiple of ${multipleOf}`)
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    const than = exclusiveMaximum ? 'less than' : 'less than or equal to'
    errors.invalid(at, value, `${at} in body should be ${than} ${maximum}`)
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    const than = exclusiveMinimum ? 'greater than' : 'greater than or equal to'
    errors.invalid(at, value, `${at} in body should be ${than} ${minimum}`)
  }
}

const isMultiple = (value: number | bigint, of: number): boolean =>
  typeof value === 'bigint' && Number.isInteger(of) && of !== 0
    ? value % BigInt(of) === 0n
    : Number.isInteger(Number(value) / of)

function checkList(node: Structural, value: readonly unknown[], old: unknown, at: string, errors: FieldErrors): void {
  const { minItems, maxItems, uniqueItems } = node.source
  const { items } = node
  if (items) {
    const before = counterparts(node, old)
    for (let i = 0; i < value.length; i++) validateValue(items, value[i], before?.(value[i], i), `${at}[${i}]`, errors)
  }
  if (minItems !== undefined && value.length < minItems) {
    errors.invalid(at, value.length, `${at} in body should have at least ${minItems} items`)
  }
  if (maxItems !== undefined && value.length > maxItems) errors.tooMany(at, value.length, maxItems)
  if (uniqueItems && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
    errors.invalid(at, value, `${at} in body shouldn't contain duplicates`)
  }
  const listType = node.source['x-kubernetes-list-type']
  if (listType !== 'set' && listType !== 'map') return
  const twice = duplicates(node, value)
  // A list that had some already may be changed without being put right.
  if (twice.length === 0 || (Array.isArray(old) && duplicates(node, old).length > 0)) return
  for (const { index, identity } of twice) errors.duplicate(`${at}[${index}]`, identity)
}

/** Where an item stands for the second time, and what it is known by. */
function duplicates(
  node: Structural,
  value: readonly unknown[],
): readonly { readonly index: number; readonly identity: unknown }[] {
  const found: { index: number; identity: unknown }[] = []
  const seen = new Map<string, number>()
  value.forEach((item, index) => {
    const identity = node.source['x-kubernetes-list-type'] === 'set' ? item : keysOf(node, item)
    const text = JSON.stringify(identity) ?? ''
    const times = (seen.get(text) ?? 0) + 1
    seen.set(text, times)
    if (times === 2) found.push({ index, identity })
  })
  return found
}

function checkObject(
  node: Structural,
  value: Readonly<Record<string, unknown>>,
  old: unknown,
  at: string,
  errors: FieldErrors,
) {
  const { minProperties, maxProperties, required } = node.source
  const count = Object.keys(value).length
  if (minProperties !== undefined && count < minProperties) {
    errors.invalid(at, value, `${at} in body should have at least ${minProperties} properties`)
  }
  if (maxProperties !== undefined && count > maxProperties) errors.tooMany(at, count, maxProperties)
  for (const name of required ?? []) if (own(value, name) === undefined) errors.required(member(at, name))
  const before = isObject(old) ? old : undefined
  for (const name of Object.keys(value)) {
    const of = node.properties.get(name) ?? node.values
    if (of === undefined || of === true || value[name] === undefined) continue
    validateValue(of, value[name], before && own(before, name), member(at, name), errors)
  }
}

/** What is wrong as a whole has no field of its own there. */
const nowhere = '<nil>'

function checkJunctors(node: Structural, value: unknown, at: string, errors: FieldErrors): void {
  const said = (text: string) =>
    errors.add('FieldValueInvalid', nowhere, `Invalid value: ${formatValue('')}`, `${JSON.stringify(at)} ${text}`)
  const tried = (schemas: readonly Structural[]) => schemas.map((one) => problemsOf(one, value, at))
  if (node.anyOf.length > 0 && !node.intOrString) {
    const results = tried(node.anyOf)
    if (!results.some(({ any }) => !any)) {
      said('must validate at least one schema (anyOf)')
      merge(fewest(results), errors)
    }
  }
  if (node.oneOf.length > 0) {
    const results = tried(node.oneOf)
    const good = results.filter(({ any }) => !any).length
    if (good !== 1) {
      const found = good === 0 ? 'Found none valid' : `Found ${good} valid alternatives`
      said(`must validate one and only one schema (oneOf). ${found}`)
      if (good === 0) merge(fewest(results), errors)
    }
  }
  if (node.allOf.length > 0) {
    const bad = tried(node.allOf).filter(({ any }) => any)
    for (const one of bad) merge(one, errors)
    if (bad.length > 0) {
      said(`must validate all the schemas (allOf)${bad.length === node.allOf.length ? '. None validated' : ''}`)
    }
  }
  if (node.not && !problemsOf(node.not, value, at).any) said('must not validate the schema (not)')
}

function problemsOf(node: Structural, value: unknown, at: string): FieldErrors {
  const found = new FieldErrors()
  validateValue(node, value, undefined, at, found)
  return found
}

/** The alternative that was nearest. */
const fewest = (results: readonly FieldErrors[]): FieldErrors =>
  results.reduce((best, one) => (one.all.length < best.all.length ? one : best))

function merge(from: FieldErrors, errors: FieldErrors): void {
  for (const { reason, field, message } of from.all) errors.add(reason, field, message)
}
