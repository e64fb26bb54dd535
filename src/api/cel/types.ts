// The types of expressions, their texts, and which may stand where which is wanted: unification with type
// parameters, where dyn stands for anything. Signatures of functions are written as text and read here.

import type { Unordered } from './values.ts'

export type Type =
  | { readonly kind: Primitive; readonly sized?: Sized }
  | { readonly kind: 'list'; readonly of: Type; readonly sized?: Sized; readonly unordered?: Unordered }
  | { readonly kind: 'map'; readonly key: Type; readonly of: Type; readonly sized?: Sized }
  | { readonly kind: 'optional'; readonly of: Type }
  | { readonly kind: 'type'; readonly of: Type | undefined }
  | { readonly kind: 'opaque'; readonly name: string }
  | ObjectType
  | { readonly kind: 'param'; readonly name: string }

export type Primitive =
  | 'int'
  | 'uint'
  | 'double'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'dyn'
  | 'error'

/** How large values of it get at most, as their schema says or as a request's size allows. */
export interface Sized {
  readonly max: number
}

export interface ObjectType {
  readonly kind: 'object'
  readonly name: string
  /** By escaped name; undefined where there is none. */
  field(name: string): Type | undefined
}

const primitive = (kind: Primitive): Type => ({ kind })
export const Int: Type = primitive('int')
export const UintType: Type = primitive('uint')
export const Double: Type = primitive('double')
export const Bool: Type = primitive('bool')
export const Text: Type = primitive('string')
export const Bytes: Type = primitive('bytes')
export const Null: Type = primitive('null')
export const TimestampType: Type = primitive('timestamp')
export const DurationType: Type = primitive('duration')
export const Dyn: Type = primitive('dyn')
export const ErrorType: Type = primitive('error')
export type ListType = Extract<Type, { kind: 'list' }>
export const listOf = (of: Type): Type => ({ kind: 'list', of })
export const mapOf = (key: Type, of: Type): Type => ({ kind: 'map', key, of })
export const optionalOf = (of: Type): Type => ({ kind: 'optional', of })
export const typeOf = (of: Type | undefined): Type => ({ kind: 'type', of })
export const opaque = (name: string): Type => ({ kind: 'opaque', name })

export function typeText(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeText(type.of)})`
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.of)})`
    case 'optional':
      return `optional_type(${typeText(type.of)})`
    case 'type':
      return type.of === undefined ? 'type' : `type(${typeText(type.of)})`
    case 'opaque':
    case 'object':
    case 'param':
      return type.name
    case 'timestamp':
      return 'timestamp'
    case 'null':
      return 'null'
    case 'error':
      return '!error!'
    default:
      return type.kind
  }
}

/** What parameters stand for, by name. */
export type Bindings = Map<string, Type>

/** With every parameter that is known replaced. */
export function substitute(type: Type, bindings: Bindings, freeIsDyn = false): Type {
  switch (type.kind) {
    case 'param': {
      const bound = bindings.get(type.name)
      return bound ? substitute(bound, bindings, freeIsDyn) : freeIsDyn ? Dyn : type
    }
    case 'list':
      return type.sized ? type : listOf(substitute(type.of, bindings, freeIsDyn))
    case 'map':
      return type.sized
        ? type
        : mapOf(substitute(type.key, bindings, freeIsDyn), substitute(type.of, bindings, freeIsDyn))
    case 'optional':
      return optionalOf(substitute(type.of, bindings, freeIsDyn))
    case 'type':
      return type.of ? typeOf(substitute(type.of, bindings, freeIsDyn)) : type
    default:
      return type
  }
}

function occurs(name: string, type: Type, bindings: Bindings): boolean {
  const found = substitute(type, bindings)
  switch (found.kind) {
    case 'param':
      return found.name === name
    case 'list':
    case 'optional':
      return occurs(name, found.of, bindings)
    case 'map':
      return occurs(name, found.key, bindings) || occurs(name, found.of, bindings)
    case 'type':
      return found.of !== undefined && occurs(name, found.of, bindings)
    default:
      return false
  }
}

/** May a value of `from` stand where `to` is wanted? Binds parameters on both sides. */
export function assignable(from: Type, to: Type, bindings: Bindings): boolean {
  const a = shallow(from, bindings)
  const b = shallow(to, bindings)
  if (b.kind === 'param') return bind(b, a, bindings)
  if (a.kind === 'param') return bind(a, b, bindings)
  if (a.kind === 'dyn' || b.kind === 'dyn' || a.kind === 'error' || b.kind === 'error') return true
  if (a.kind !== b.kind) return a.kind === 'null' && nullable.has(b.kind)
  switch (a.kind) {
    case 'list':
    case 'optional':
      return assignable(a.of, (b as typeof a).of, bindings)
    case 'map':
      return assignable(a.key, (b as typeof a).key, bindings) && assignable(a.of, (b as typeof a).of, bindings)
    case 'opaque':
    case 'object':
      return a.name === (b as typeof a).name
    default:
      return true
  }
}

const nullable: ReadonlySet<string> = new Set(['opaque', 'object', 'timestamp', 'duration', 'optional'])

function shallow(type: Type, bindings: Bindings): Type {
  let found = type
  while (found.kind === 'param') {
    const bound = bindings.get(found.name)
    if (!bound) return found
    found = bound
  }
  return found
}

function bind(param: { readonly name: string }, to: Type, bindings: Bindings): boolean {
  if (to.kind === 'param' && to.name === param.name) return true
  if (occurs(param.name, to, bindings)) return false
  bindings.set(param.name, to)
  return true
}

/** What both of two types that go together are: dyn where one of them is. */
export function moreGeneral(a: Type, b: Type): Type {
  if (a.kind === 'dyn' || b.kind === 'dyn') return Dyn
  if (a.kind === 'null' || b.kind === 'null') return a.kind === 'null' ? b : a
  if (a.kind === 'list' && b.kind === 'list') return a === b ? a : listOf(moreGeneral(a.of, b.of))
  if (a.kind === 'optional' && b.kind === 'optional') return optionalOf(moreGeneral(a.of, b.of))
  if (a.kind === 'map' && b.kind === 'map' && a !== b) return mapOf(moreGeneral(a.key, b.key), moreGeneral(a.of, b.of))
  return a
}

export interface Signature {
  readonly member: boolean
  readonly params: readonly Type[]
  readonly result: Type
}

const signatures = new Map<string, Signature>()

/** Reads `string.(string) -> bool` and `(list(A), int) -> A`; single capital letters are parameters. */
export function signature(text: string): Signature {
  const known = signatures.get(text)
  if (known) return known
  const tokens = text.match(/[A-Za-z_][\w.]*(?<!\.)|->|[(),.]/g) ?? []
  let at = 0
  const take = (): string => tokens[at++] ?? ''
  const list = (): Type[] => {
    const types: Type[] = []
    at++
    while (tokens[at] !== ')') {
      types.push(read())
      if (tokens[at] === ',') at++
    }
    at++
    return types
  }
  const read = (): Type => {
    const name = take()
    const inner = tokens[at] === '(' ? list() : []
    return named(name, inner)
  }
  const receiver = tokens[0] === '(' ? [] : [read()]
  if (receiver.length === 1) at++
  const params = [...receiver, ...list()]
  at++
  const made = { member: receiver.length === 1, params, result: read() }
  signatures.set(text, made)
  return made
}

const primitives: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'null',
  'timestamp',
  'duration',
  'dyn',
])

function named(name: string, [first, second]: readonly Type[]): Type {
  if (primitives.has(name)) return { kind: name as Primitive }
  if (name === 'list') return listOf(first ?? Dyn)
  if (name === 'map') return mapOf(first ?? Dyn, second ?? Dyn)
  if (name === 'optional') return optionalOf(first ?? Dyn)
  if (name === 'type') return typeOf(first)
  return /^[A-Z]$/.test(name) ? { kind: 'param', name } : opaque(name)
}
