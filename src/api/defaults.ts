// What stands in for fields that a client leaves out: first the declared defaults at every depth, then what the
// kind works out from other fields. Objects that have all of them are not touched, so a second run is free.

import { own, put } from '#lib/json.ts'
import { decoderOf } from './decode.ts'
import type { AnyKind, ApiObject } from './kind.ts'
import { type AnyField, type AnySchema, resolved } from './schema.ts'

/** Completes a draft in place. */
export function applyDefaults(kind: AnyKind, draft: ApiObject): void {
  applyDeclared(kind.schema, draft)
  kind.strategy.defaults?.(draft)
}

/** The declared ones alone, on a value of any schema. */
export function applyDeclared(schema: AnySchema, draft: unknown): void {
  defaulterOf(schema)?.(draft)
}

type Defaulter = (value: unknown) => void

interface FieldPlan {
  readonly name: string
  /** Makes the default, anew each time. */
  readonly make: (() => unknown) | undefined
  /** A zero counts as absent, as it does in a Go struct that is not a pointer. */
  readonly zeroIsAbsent: boolean
  readonly nullable: boolean
  readonly below: Defaulter | undefined
}

const defaulters = new WeakMap<object, { readonly run: Defaulter | undefined }>()

/** Undefined where nothing below has a default, so that whole branches are never walked. */
function defaulterOf(schema: AnySchema): Defaulter | undefined {
  const shape = resolved(schema)
  const known = defaulters.get(shape)
  if (known) return known.run
  const run = hasDefaults(schema, new Set()) ? compile(shape) : undefined
  defaulters.set(shape, { run })
  return run
}

function hasDefaults(schema: AnySchema, seen: Set<object>): boolean {
  const shape = resolved(schema)
  if (seen.has(shape)) return false
  seen.add(shape)
  if (shape.type === 'list' || shape.type === 'map') return hasDefaults(shape.of, seen)
  if (shape.type !== 'message') return false
  return Object.values(shape.fields).some((f) => f.schema.rules.default !== undefined || hasDefaults(f.schema, seen))
}

function compile(shape: ReturnType<typeof resolved>): Defaulter | undefined {
  if (shape.type === 'list') {
    return (value) => {
      const below = defaulterOf(shape.of)
      if (below && Array.isArray(value)) for (const item of value) below(item)
    }
  }
  if (shape.type === 'map') {
    return (value) => {
      const below = defaulterOf(shape.of)
      if (below && isObject(value)) for (const key in value) below(value[key])
    }
  }
  if (shape.type !== 'message') return undefined
  let plans: readonly FieldPlan[] | undefined
  return (value) => {
    if (!isObject(value)) return
    // Made at first use: a type may contain itself.
    plans ??= Object.entries(shape.fields).flatMap(([name, field]) => plan(name, field))
    for (const one of plans) complete(value, one)
  }
}

function plan(name: string, { schema }: AnyField): FieldPlan[] {
  const below = defaulterOf(schema)
  const value: unknown = schema.rules.default
  if (value === undefined) return below ? [{ name, make: undefined, zeroIsAbsent: false, nullable: false, below }] : []
  const plain = typeof value !== 'object' || value === null
  const make = plain ? () => value : () => decoderOf(schema).decode(value, { path: [], found: undefined }, undefined)
  const nullable = schema.rules.nullable === true
  return [{ name, make, zeroIsAbsent: schema.presence !== 'pointer', nullable, below }]
}

function complete(object: Record<string, unknown>, { name, make, zeroIsAbsent, nullable, below }: FieldPlan): void {
  let value = own(object, name)
  const absent = value === undefined || (value === null && !nullable)
  if (make && (absent || (zeroIsAbsent && (value === '' || value === 0)))) {
    value = make()
    put(object, name, value)
  }
  if (below && value !== undefined) below(value)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
