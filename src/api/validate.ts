// Whether an object is good: the rules that are declared on single fields, those of `metadata`, and those that
// the kind has across fields, in this order. What is wrong is collected, all of it, in upstream's words.

import { type FieldErrors, Path } from './field-errors.ts'
import type { AnyKind, ApiObject } from './kind.ts'
import { type AnySchema, type Rules, resolved } from './schema.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from './validate-object-meta.ts'

export { validateObjectMeta, validateObjectMetaUpdate } from './validate-object-meta.ts'

export function validateCreate(kind: AnyKind, object: ApiObject, errors: FieldErrors): void {
  validateObjectMeta(kind, object, errors)
  validateOwnFields(kind, object, errors)
  kind.strategy.validate?.(object, errors)
  kind.strategy.validateCreate?.(object, errors)
}

/** `subresource` is empty for the object as a whole. */
export function validateUpdate(
  kind: AnyKind,
  next: ApiObject,
  old: ApiObject,
  subresource: string,
  errors: FieldErrors,
): void {
  validateObjectMetaUpdate(kind, next, old, errors)
  if (subresource === 'status') {
    kind.strategy.validateStatusUpdate?.(next, old, errors)
    return
  }
  validateOwnFields(kind, next, errors)
  kind.strategy.validate?.(next, errors)
  kind.strategy.validateUpdate?.(next, old, errors, subresource)
}

/** The declared rules of all fields beside metadata; a status has none that a client could break here. */
function validateOwnFields(kind: AnyKind, object: ApiObject, errors: FieldErrors): void {
  const shape = resolved(kind.schema)
  if (shape.type !== 'message') return
  for (const [name, { schema }] of Object.entries(shape.fields)) {
    if (name === 'metadata' || (name === 'status' && kind.status)) continue
    validateDeclared(schema, object[name], Path.of(name), errors)
  }
}

/** The declared rules of a value and of everything in it. */
export function validateDeclared(schema: AnySchema, value: unknown, path: Path, errors: FieldErrors): void {
  if (hasRules(schema.rules)) checkRules(schema.rules, value, path, errors)
  if (value !== undefined && value !== null) checkerOf(schema)?.(value, path, errors)
}

type Checker = (value: unknown, path: Path, errors: FieldErrors) => void

interface FieldPlan {
  readonly name: string
  readonly rules: Rules | undefined
  readonly below: Checker | undefined
}

const hasRules = ({ required, oneOf, min, max, maxLength, check }: Rules): boolean =>
  (required ?? oneOf ?? min ?? max ?? maxLength ?? check) !== undefined

const checkers = new WeakMap<object, { readonly run: Checker | undefined }>()

/** Undefined where no rule is declared below, so that whole branches are never walked. */
function checkerOf(schema: AnySchema): Checker | undefined {
  const shape = resolved(schema)
  const known = checkers.get(shape)
  if (known) return known.run
  const run = rulesBelow(schema, new Set()) ? compile(shape) : undefined
  checkers.set(shape, { run })
  return run
}

function rulesBelow(schema: AnySchema, seen: Set<object>): boolean {
  const shape = resolved(schema)
  if (seen.has(shape)) return false
  seen.add(shape)
  if (shape.type === 'list' || shape.type === 'map') return hasRules(shape.of.rules) || rulesBelow(shape.of, seen)
  if (shape.type !== 'message') return false
  return Object.values(shape.fields).some(({ schema: s }) => hasRules(s.rules) || rulesBelow(s, seen))
}

function compile(shape: ReturnType<typeof resolved>): Checker | undefined {
  if (shape.type === 'list') {
    return (value, path, errors) => {
      if (!Array.isArray(value)) return
      for (let i = 0; i < value.length; i++) validateDeclared(shape.of, value[i], path.index(i), errors)
    }
  }
  if (shape.type === 'map') {
    return (value, path, errors) => {
      for (const [key, item] of Object.entries(value as object)) validateDeclared(shape.of, item, path.key(key), errors)
    }
  }
  if (shape.type !== 'message') return undefined
  let plans: readonly FieldPlan[] | undefined
  return (value, path, errors) => {
    // Made at first use: a type may contain itself.
    plans ??= Object.entries(shape.fields).flatMap(([name, { schema }]): FieldPlan[] => {
      const rules = hasRules(schema.rules) ? schema.rules : undefined
      const below = checkerOf(schema)
      return rules || below ? [{ name, rules, below }] : []
    })
    for (const { name, rules, below } of plans) {
      const child = (value as Record<string, unknown>)[name]
      if (child === undefined && !rules?.required) continue
      // Paths are made only where something is wrong, or is looked into.
      if (rules && breaks(rules, child)) checkRules(rules, child, path.child(name), errors)
      if (below && child !== undefined && child !== null) below(child, path.child(name), errors)
    }
  }
}

/** Whether any rule is broken; the cheap question that is nearly always answered with no. */
function breaks(rules: Rules, value: unknown): boolean {
  if (rules.required && isEmpty(value)) return true
  if (value === undefined || value === null) return false
  if (isForeign(rules.oneOf, value)) return true
  if (typeof value === 'number') {
    if (rules.min !== undefined && value < rules.min) return true
    if (rules.max !== undefined && value > rules.max) return true
  }
  if (rules.maxLength !== undefined && tooLong(value, rules.maxLength)) return true
  return rules.check?.(value as never) !== undefined
}

/** Whether a choice may be left empty is for `required`, or for the kind's own rules, to say. */
const isForeign = (oneOf: readonly string[] | undefined, value: unknown): boolean =>
  oneOf !== undefined && value !== '' && !oneOf.includes(value as string)

function checkRules(rules: Rules, value: unknown, path: Path, errors: FieldErrors): void {
  if (isEmpty(value)) {
    if (rules.required) {
      errors.required(path)
      return
    }
    if (value === undefined || value === null) return
  }
  const { oneOf, min, max, maxLength } = rules
  if (oneOf && isForeign(oneOf, value)) errors.notSupported(path, value, oneOf)
  if (typeof value === 'number' && ((min !== undefined && value < min) || (max !== undefined && value > max))) {
    errors.invalid(path, value, rangeText(min, max))
  }
  if (maxLength !== undefined && tooLong(value, maxLength)) {
    if (Array.isArray(value)) errors.tooMany(path, value.length, maxLength)
    else errors.tooLong(path, maxLength)
  }
  const problem = rules.check?.(value as never)
  if (problem !== undefined) errors.invalid(path, value, problem)
}

function rangeText(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return `must be between ${min} and ${max}, inclusive`
  return min === undefined ? `must be less than or equal to ${max}` : `must be greater than or equal to ${min}`
}

const tooLong = (value: unknown, max: number): boolean =>
  Array.isArray(value) ? value.length > max : typeof value === 'string' && Buffer.byteLength(value) > max

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return true
  if (Array.isArray(value)) return value.length === 0
  return false
}
