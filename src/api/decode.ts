// From parsed JSON to a fresh object of a kind, as Go's decoding followed by its encoding would give: fields in
// declared order, nulls and empty `omitempty` values dropped, `{}` where a struct always stands, quantities and
// times in canonical form, map keys sorted. Type errors are thrown in upstream's words; unknown fields are
// collected. The input is never changed; only values of type `any` are shared with it.

import { jsonType } from '#lib/json.ts'
import type { AnyKind, ApiObject } from './kind.ts'
import { DecodeError, scalars, WrongType } from './scalar.ts'
import {
  type AnySchema,
  type Declared,
  type Either,
  type JsonForm,
  type Message,
  type Presence,
  resolved,
  type ScalarName,
} from './schema.ts'
import { cannotBeHandled, checkTypeMeta, type TypeMetaOptions } from './type-meta.ts'

export { DecodeError } from './scalar.ts'
export { cannotBeHandled } from './type-meta.ts'

/** The request's fieldValidation. */
export type Strictness = 'Ignore' | 'Warn' | 'Strict'

export interface DecodeOptions extends TypeMetaOptions {
  readonly strictness?: Strictness
  /** What the parser has found, `duplicate field "spec.x"`; told together with the unknown fields. */
  readonly duplicates?: readonly string[]
}

export interface Decoded<T> {
  readonly object: T
  /** `unknown field "spec.foo"`, `duplicate field "spec.x"`: warnings for the client; none if Ignore. */
  readonly warnings: readonly string[]
}

/** Throws a StatusError (400) for what cannot be an object of this kind, or for `Strict` has too much in it. */
export function decode<T extends ApiObject = ApiObject>(
  kind: AnyKind,
  json: unknown,
  options: DecodeOptions = {},
): Decoded<T> {
  const { strictness = 'Ignore', duplicates = [], refuse = (why: string) => cannotBeHandled(kind, why) } = options
  if (isObject(json)) checkTypeMeta(kind, json, options)
  try {
    const { object, warnings } = decodeAs<T>(kind.schema, json, strictness === 'Ignore' ? undefined : duplicates)
    if (strictness === 'Strict' && warnings.length > 0) {
      throw refuse(`strict decoding error: ${strictErrors(warnings)}`)
    }
    if (object.kind === kind.kind && object.apiVersion === kind.apiVersion) return { object, warnings }
    // A client may leave them out where the address says it all.
    const head = { kind: kind.kind, apiVersion: kind.apiVersion }
    return { object: Object.assign(head, object), warnings }
  } catch (error) {
    if (error instanceof DecodeError) throw refuse(error.message)
    throw error
  }
}

/** What the YAML parser has found is one error of several lines, as upstream's parser tells it. */
function strictErrors(found: readonly string[]): string {
  const lines = found.filter((text) => text.startsWith('line '))
  const others = found.filter((text) => !text.startsWith('line '))
  const yaml = lines.length === 0 ? [] : [`yaml: unmarshal errors:\n${lines.map((line) => `  ${line}`).join('\n')}`]
  return [...yaml, ...others].join(', ')
}

/** The same for any schema. Throws a DecodeError. Unknown fields are collected only where `found` is given. */
export function decodeAs<T = unknown>(schema: AnySchema, json: unknown, found?: readonly string[]): Decoded<T> {
  const context: Context = { path: [], found: found ? [...found] : undefined }
  const object = decoderOf(schema).decode(json, context, undefined)
  const all = context.found ?? []
  return { object: object as T, warnings: all.length > 1 ? inOrder(json, all) : all }
}

/** As they stand in the body, which is the order in which upstream tells them. */
function inOrder(json: unknown, found: readonly string[]): readonly string[] {
  const left = new Set(found)
  const ordered: string[] = []
  const take = (text: string) => {
    if (left.delete(text)) ordered.push(text)
  }
  const walk = (value: unknown, at: string): void => {
    if (left.size === 0) return
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) walk(value[i], `${at}[${i}]`)
    } else if (isObject(value)) {
      for (const key of Object.keys(value)) {
        const place = at === '' ? key : `${at}.${key}`
        take(`duplicate field ${JSON.stringify(place)}`)
        take(`unknown field ${JSON.stringify(place)}`)
        walk(value[key], place)
      }
    }
  }
  walk(json, '')
  return [...left, ...ordered]
}

/** Upstream stops counting there. */
const maxFound = 100

/** From the root to where decoding is: a field, an index, a map's key. */
type Step = FieldPlan | number | string

interface Context {
  readonly path: Step[]
  readonly found: string[] | undefined
}

export interface Decoder {
  /** How Go names the type. */
  readonly goType: string
  /** `field` is the field that the value stands in, for error texts. */
  readonly decode: (value: unknown, context: Context, field: FieldPlan | undefined) => unknown
  /** What an absent value is written as where one must stand. */
  readonly zero: () => unknown
  /** Whether Go's `omitempty` leaves it out. */
  readonly isEmpty: (value: unknown) => boolean
  /** Messages, lists and maps: errors below need the path. */
  readonly nested: boolean
}

interface FieldPlan {
  readonly name: string
  /** The Go struct: `DeploymentSpec`. */
  readonly owner: string
  readonly presence: Presence
  readonly decoder: Decoder
  readonly nullable: boolean
  /** Every object has something of that name, as `constructor`. */
  readonly isInherited: boolean
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function typeError(value: unknown, goType: string, context: Context, field: FieldPlan | undefined): DecodeError {
  const json = jsonType(value)
  const what = json === 'number' && goType.startsWith('int') ? `number ${value}` : json
  const fields = context.path.filter((step) => typeof step === 'object')
  if (field && fields.at(-1) !== field) fields.push(field)
  const last = fields.at(-1)
  if (!last) return new DecodeError(`json: cannot unmarshal ${what} into Go value of type ${goType}`)
  const names = fields.map((step) => step.name).join('.')
  return new DecodeError(`json: cannot unmarshal ${what} into Go struct field ${last.owner}.${names} of type ${goType}`)
}

function unknownField(context: Context, name: string): void {
  const { path, found } = context
  if (!found || found.length >= maxFound) return
  let at = ''
  for (const step of path) {
    if (typeof step === 'number') at += `[${step}]`
    else at += `${at === '' ? '' : '.'}${typeof step === 'string' ? step : step.name}`
  }
  const text = `unknown field ${JSON.stringify(at === '' ? name : `${at}.${name}`)}`
  if (!found.includes(text)) found.push(text)
}

const decoders = new WeakMap<object, Decoder>()

/** Compiled once per shape, when it is first met. */
export function decoderOf(schema: AnySchema): Decoder {
  const shape = resolved(schema)
  const known = decoders.get(shape)
  if (known) return known
  const decoder = shape.declared
    ? declaredDecoder(shape.declared)
    : shape.type === 'message'
      ? messageDecoder(shape)
      : shape.type === 'list'
        ? listDecoder(shape.of)
        : shape.type === 'map'
          ? mapDecoder(shape.of)
          : shape.type === 'either'
            ? eitherDecoder(shape)
            : scalarDecoder(shape.type)
  decoders.set(shape, decoder)
  return decoder
}

function scalarDecoder(type: ScalarName): Decoder {
  const { goType, zero, read } = scalars[type]
  return {
    goType,
    nested: false,
    decode(value, context, field) {
      try {
        return read(value)
      } catch (error) {
        if (!(error instanceof WrongType)) throw error
        const { placed } = error
        const wrong = typeError(value, error.goType, placed ? context : nowhere, placed ? field : undefined)
        const isInexact = typeof value === 'bigint' && type === 'int64'
        throw isInexact ? new DecodeError(`${wrong.message}${inexact}`) : wrong
      }
    },
    zero: () => zero,
    // These are structs in Go, which `omitempty` never leaves out.
    isEmpty:
      type === 'any' || type === 'quantity' || type === 'intOrString'
        ? never
        : (value) => value === zero || value === '',
  }
}

/** A value of a custom resource: of whatever type it is, its rules are to refuse it, not its decoding. */
function declaredDecoder(declared: Declared): Decoder {
  return {
    goType: 'interface {}',
    nested: true,
    decode(value, { path, found }) {
      if (!found) return declared.decode(value)
      return declared.decode(value, (steps) => {
        unknownField({ path: [...path, ...steps.slice(0, -1)], found }, String(steps.at(-1)))
      })
    },
    zero: () => null,
    isEmpty: never,
  }
}

/** Go would take it; here integers of built-in kinds are numbers of JavaScript, and none is changed silently. */
export const inexact = `: no integer beyond \u00b1${Number.MAX_SAFE_INTEGER} is kept exactly`

const nowhere: Context = { path: [], found: undefined }
const never = () => false

const formOf = (value: unknown): JsonForm | undefined =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'boolean' : isObject(value) ? 'object' : undefined

/** Upstream reads these by functions of their own, which do not look for unknown fields. */
function eitherDecoder({ name, forms }: Either): Decoder {
  const goType = `${name.slice(name.indexOf('/') + 1)}`
  return {
    goType,
    nested: true,
    decode(value, context, field) {
      const form = formOf(value)
      const found = form && forms[form]
      // As Go, which cannot tell an empty list from none here.
      if (found && form === 'array' && (value as unknown[]).length === 0) return null
      if (!found) throw typeError(value, goType, context, field)
      return decoderOf(found.schema).decode(value, { path: context.path, found: undefined }, field)
    },
    zero: () => null,
    isEmpty: (value) => value === null,
  }
}

function listDecoder(of: AnySchema): Decoder {
  const item = decoderOf(of)
  const nullable = of.rules.nullable === true
  const goType = item.goType === 'uint8' ? '[]uint8' : `[]${item.goType}`
  return {
    goType,
    nested: true,
    decode(value, context, field) {
      if (!Array.isArray(value)) throw typeError(value, goType, context, field)
      const out = new Array<unknown>(value.length)
      for (let i = 0; i < value.length; i++) {
        const raw: unknown = value[i]
        if (raw === null || raw === undefined) {
          out[i] = nullable ? null : item.zero()
        } else if (item.nested) {
          context.path.push(i)
          out[i] = item.decode(raw, context, field)
          context.path.pop()
        } else {
          out[i] = item.decode(raw, context, field)
        }
      }
      return out
    },
    zero: () => [],
    isEmpty: (value) => (value as unknown[]).length === 0,
  }
}

function mapDecoder(of: AnySchema): Decoder {
  const item = decoderOf(of)
  const nullable = of.rules.nullable === true
  const goType = `map[string]${item.goType}`
  return {
    goType,
    nested: true,
    decode(value, context, field) {
      if (!isObject(value)) throw typeError(value, goType, context, field)
      const out: Record<string, unknown> = {}
      for (const key of sortedKeys(value)) {
        const raw = value[key]
        let result: unknown
        if (raw === undefined) continue
        if (raw === null) {
          result = nullable ? null : item.zero()
        } else if (item.nested) {
          context.path.push(key)
          result = item.decode(raw, context, field)
          context.path.pop()
        } else {
          result = item.decode(raw, context, field)
        }
        setOwn(out, key, result)
      }
      return out
    },
    zero: () => ({}),
    isEmpty: (value) => {
      for (const _ in value as object) return false
      return true
    },
  }
}

/** As Go writes maps, so that equal objects have equal bytes. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value)
  for (let i = 1; i < keys.length; i++) if ((keys[i] as string) < (keys[i - 1] as string)) return keys.sort()
  return keys
}

/** A key may be called `__proto__`, and is then a key like others. */
function setOwn(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true })
  else out[key] = value
}

function messageDecoder(shape: Message): Decoder {
  const struct = shape.name.slice(shape.name.lastIndexOf('.') + 1)
  const version = shape.name.slice(shape.name.indexOf('/') + 1, shape.name.lastIndexOf('.'))
  const goType = `${version}.${struct}`
  // Made at first use: a type may contain itself.
  let plans: readonly FieldPlan[] | undefined
  const compile = () =>
    Object.entries(shape.fields).map(
      ([name, { schema }]): FieldPlan => ({
        name,
        owner: struct,
        presence: schema.presence,
        decoder: decoderOf(schema),
        nullable: schema.rules.nullable === true,
        isInherited: name in plainObject,
      }),
    )
  return {
    goType,
    nested: true,
    decode(value, context, field) {
      if (!isObject(value)) throw typeError(value, goType, context, field)
      plans ??= compile()
      const out: Record<string, unknown> = {}
      let seen = 0
      for (let i = 0; i < plans.length; i++) {
        const plan = plans[i] as FieldPlan
        const raw = value[plan.name]
        if (raw !== undefined && (!plan.isInherited || Object.hasOwn(value, plan.name))) {
          seen++
          decodeField(out, plan, raw, context)
        } else if (plan.presence === 'always') {
          out[plan.name] = plan.decoder.zero()
        }
      }
      if (context.found !== undefined || shape.open) beyond(out, value, seen, context)
      return out
    },
    zero() {
      plans ??= compile()
      const out: Record<string, unknown> = {}
      for (const plan of plans) if (plan.presence === 'always') out[plan.name] = plan.decoder.zero()
      return out
    },
    isEmpty: never,
  }

  /** The fields that are not declared: kept where the message is open, else told. */
  function beyond(out: Record<string, unknown>, value: Record<string, unknown>, seen: number, context: Context): void {
    const keys = Object.keys(value)
    if (keys.length === seen) return
    for (const key of keys) {
      if (value[key] === undefined || Object.hasOwn(shape.fields, key)) continue
      if (shape.open) setOwn(out, key, value[key])
      else unknownField(context, key)
    }
  }
}

const plainObject: object = Object.prototype

function decodeField(out: Record<string, unknown>, plan: FieldPlan, raw: unknown, context: Context): void {
  const { name, decoder, presence } = plan
  if (raw === null) {
    if (plan.nullable) out[name] = null
    else if (presence === 'always') out[name] = decoder.zero()
    return
  }
  let result: unknown
  if (decoder.nested) {
    context.path.push(plan)
    result = decoder.decode(raw, context, plan)
    context.path.pop()
  } else {
    result = decoder.decode(raw, context, plan)
  }
  // What reads as nothing, as a time that is not set, must read as nothing again.
  if (result === null && presence !== 'always') return
  if (presence !== 'omitempty' || !decoder.isEmpty(result)) out[name] = result
}
