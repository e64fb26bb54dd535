// How each place of an object is owned by its writers, read once from the kind's schema: leaf by leaf, item by
// item, or as a whole. The rules are those of structured merge: listType and mapType where declared, else the keys
// of strategic merge, else a list is owned as a whole and a map by its members.

import type { AnyKind } from '#api/kind.ts'
import { type AnySchema, type Message, resolved } from '#api/schema.ts'

export type Accepts = 'string' | 'numeric' | 'boolean' | 'untyped'

export interface Scalar {
  readonly shape: 'scalar'
  readonly atomic: true
  readonly accepts: Accepts
}

export interface Member {
  /** `f:<name>`, ready for a field set. */
  readonly step: string
  readonly owned: Owned
  readonly declared: true
  /** Nobody's, as uid and resourceVersion are: never part of a set. */
  readonly unowned: boolean
  /** Never taken out of an object, whoever gives it up. */
  readonly kept: boolean
  /** What the field holds in an object with nothing in it; undefined where it is absent. */
  readonly baseline: unknown
  /** What stands in for an absent key of a list's item. */
  readonly standIn: unknown
}

export interface Struct {
  readonly shape: 'struct'
  readonly atomic: boolean
  readonly members: ReadonlyMap<string, Member>
  /** Fields that are not declared are welcome. */
  readonly open: boolean
}

export interface Mapping {
  readonly shape: 'map'
  readonly atomic: boolean
  readonly item: Owned
}

export interface Key {
  readonly name: string
  /** `"name":`, as it stands in the step. */
  readonly prefix: string
  readonly standIn: unknown
}

export interface List {
  readonly shape: 'list'
  readonly atomic: boolean
  /** In the order of their names; empty for a set of scalars. */
  readonly keys: readonly Key[]
  readonly item: Owned
}

/** A value that no schema describes: maps by their members, lists as a whole. */
export interface Unknown {
  readonly shape: 'unknown'
  readonly atomic: boolean
}

export type Owned = Scalar | Struct | Mapping | List | Unknown

export const unknownGranular: Unknown = { shape: 'unknown', atomic: false }
const unknownAtomic: Unknown = { shape: 'unknown', atomic: true }

/** Fields of metadata that belong to the server. */
const unownedMetadata: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
])

const roots = new WeakMap<AnySchema, Struct>()

/** How the objects of a kind are owned. */
export function ownershipOf(kind: AnyKind): Struct {
  const known = roots.get(kind.schema)
  if (known) return known
  const shape = resolved(kind.schema)
  if (shape.type !== 'message') throw new TypeError(`${kind.kind} is not declared as a message`)
  const members = new Map(membersOf(shape))
  for (const name of ['apiVersion', 'kind']) alter(members, name, { unowned: true, kept: true })
  const metadata = members.get('metadata')?.owned
  if (metadata?.shape === 'struct') {
    const inside = new Map(metadata.members)
    for (const name of unownedMetadata) alter(inside, name, { unowned: true, kept: true })
    const owned: Struct = { ...metadata, members: inside }
    alter(members, 'metadata', { owned, kept: true, baseline: {} })
  }
  const root: Struct = { shape: 'struct', atomic: false, members, open: shape.open === true }
  roots.set(kind.schema, root)
  return root
}

function alter(members: Map<string, Member>, name: string, change: Partial<Member>): void {
  const member = members.get(name)
  if (member) members.set(name, { ...member, ...change })
}

/** An object of the kind with nothing in it, as Go's zero value has it: what a create is compared with. */
export function baselineOf(owned: Struct): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, member] of owned.members) if (member.baseline !== undefined) out[name] = member.baseline
  return out
}

// Schemas may contain themselves, so what is being compiled is remembered before it is complete.
const compiled = new WeakMap<AnySchema, Owned>()
const messages = new WeakMap<Message, Map<string, Member>>()

function ownedOf(schema: AnySchema): Owned {
  const known = compiled.get(schema)
  if (known) return known
  const { rules } = schema
  const shape = resolved(schema)
  const whole = (rules.mapType ?? targetRules(schema).mapType) === 'atomic'
  switch (shape.type) {
    case 'message':
      return remember(schema, { shape: 'struct', atomic: whole, members: membersOf(shape), open: shape.open === true })
    case 'map': {
      const mapping: { -readonly [K in keyof Mapping]: Mapping[K] } = {
        shape: 'map',
        atomic: whole,
        item: unknownGranular,
      }
      remember(schema, mapping)
      mapping.item = ownedOf(shape.of)
      return mapping
    }
    case 'list': {
      const list: { -readonly [K in keyof List]: List[K] } = {
        shape: 'list',
        atomic: true,
        keys: [],
        item: unknownGranular,
      }
      remember(schema, list)
      list.item = ownedOf(shape.of)
      const names = keyNames(schema)
      list.atomic = names === undefined
      list.keys = (names ?? []).toSorted().map((name) => keyOf(list.item, name))
      return list
    }
    case 'either':
      return unknownGranular
    case 'any':
      return rules.mapType === 'granular' ? unknownGranular : unknownAtomic
    default:
      return remember(schema, { shape: 'scalar', atomic: true, accepts: accepts[shape.type] ?? 'untyped' })
  }
}

function remember<T extends Owned>(schema: AnySchema, owned: T): T {
  compiled.set(schema, owned)
  return owned
}

/** The rules of what a `lazy` stands for. */
function targetRules(schema: AnySchema): AnySchema['rules'] {
  let target = schema
  while (target.shape.type === 'lazy') target = target.shape.get()
  return target.rules
}

function membersOf(message: Message): Map<string, Member> {
  const known = messages.get(message)
  if (known) return known
  const members = new Map<string, Member>()
  messages.set(message, members)
  for (const [name, { schema }] of Object.entries(message.fields)) {
    members.set(name, {
      step: `f:${name}`,
      owned: ownedOf(schema),
      declared: true,
      unowned: false,
      kept: false,
      baseline: schema.presence === 'always' ? zeroOf(schema) : undefined,
      // Decoding leaves out an empty text, which is a key like any other.
      standIn: schema.rules.default ?? (schema.presence === 'omitempty' ? zeroOf(schema) : undefined),
    })
  }
  return members
}

/** No key for a set, undefined for a list that is owned as a whole. */
function keyNames({ rules }: AnySchema): readonly string[] | undefined {
  if (rules.listType === 'map') return rules.listMapKeys ?? []
  if (rules.listType === 'set') return []
  if (rules.listType === 'atomic' || !rules.patchStrategy?.startsWith('merge')) return undefined
  return rules.patchMergeKey === undefined ? [] : [rules.patchMergeKey]
}

function keyOf(item: Owned, name: string): Key {
  const standIn = item.shape === 'struct' ? item.members.get(name)?.standIn : undefined
  return { name, prefix: `${JSON.stringify(name)}:`, standIn }
}

const accepts: Readonly<Record<string, Accepts>> = {
  string: 'string',
  bytes: 'string',
  time: 'string',
  microTime: 'string',
  duration: 'string',
  bool: 'boolean',
  int32: 'numeric',
  int64: 'numeric',
  double: 'numeric',
}

/** Go's zero value as it is written when it is not left out; empty where Go has null, as our decoding has it. */
function zeroOf(schema: AnySchema): unknown {
  const shape = resolved(schema)
  switch (shape.type) {
    case 'message': {
      const out: Record<string, unknown> = {}
      for (const [name, field] of Object.entries(shape.fields)) {
        if (field.schema.presence === 'always' && field.schema.shape.type !== 'lazy') out[name] = zeroOf(field.schema)
      }
      return out
    }
    case 'string':
    case 'bytes':
      return ''
    case 'bool':
      return false
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0
    case 'quantity':
    case 'duration':
      return '0'
    case 'list':
      return []
    case 'map':
      return {}
    default:
      return null
  }
}
