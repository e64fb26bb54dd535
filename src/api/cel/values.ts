// The values that expressions work on: how they are held, compared, ordered and named. int is a bigint, double a
// number, and the rest is what it looks like; JSON is wrapped, not copied, and converted where it is looked into.
// Work that no cost is known for (comparing trees, joining lists) is counted here, so that it has an end too.

export type Value =
  | bigint
  | number
  | boolean
  | string
  | null
  | Uint8Array
  | Uint
  | List
  | MapValue
  | ObjectValue
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | Opaque

/** What an expression ends with instead of a value; not an Error, since making a stack would cost more than the rest. */
export class CelError {
  readonly message: string
  /** Logical operators must not swallow it. */
  readonly fatal: boolean
  constructor(message: string, fatal = false) {
    this.message = message
    this.fatal = fatal
  }
}

export const noSuchOverload = (): CelError => new CelError('no such overload')
export const costExceeded = (): CelError => new CelError('operation cancelled: actual cost limit exceeded', true)

const maxWork = 20_000_000
let work = 0
/** Starts a run's count; runs do not interleave. */
export const startWork = (): void => {
  work = 0
}
export const addWork = (steps: number): void => {
  work += steps
  if (work > maxWork) throw costExceeded()
}

export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** Nanoseconds since 1970. */
export class Timestamp {
  readonly ns: bigint
  constructor(ns: bigint) {
    if (ns < minTimestampNs || ns > maxTimestampNs) throw new CelError('timestamp overflow')
    this.ns = ns
  }
}
const minTimestampNs = -62135596800_000_000_000n
const maxTimestampNs = 253402300799_999_999_999n

export class Duration {
  readonly ns: bigint
  constructor(ns: bigint) {
    if (ns > maxInt || ns < minInt) throw new CelError('duration overflow')
    this.ns = ns
  }
}

export class TypeValue {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

export class Optional {
  readonly value: Value | undefined
  constructor(value: Value | undefined) {
    this.value = value
  }
  static readonly none: Optional = new Optional(undefined)
}

/** A value of a library's own type. */
export abstract class Opaque {
  abstract readonly typeName: string
  abstract equals(other: Opaque): boolean
}

export type Convert = (json: unknown) => Value

export class List {
  readonly items: readonly unknown[]
  /** Set where the items are JSON. */
  readonly convert: Convert | undefined
  /** A list of JSON whose order means nothing: `set`, or `map` by these keys. */
  readonly unordered: Unordered | undefined
  constructor(items: readonly unknown[], convert?: Convert, unordered?: Unordered) {
    this.items = items
    this.convert = convert
    this.unordered = unordered
  }
  get size(): number {
    return this.items.length
  }
  at(index: number): Value {
    return this.convert ? this.convert(this.items[index]) : (this.items[index] as Value)
  }
  values(): readonly Value[] {
    addWork(this.items.length)
    return this.convert ? this.items.map(this.convert) : (this.items as readonly Value[])
  }
}

export interface Unordered {
  readonly by: 'set' | 'map'
  readonly keys: readonly string[]
}

export interface MapValue {
  readonly size: number
  /** Undefined where there is none. */
  get(key: Value): Value | undefined
  keys(): readonly Value[]
}

/** A map as written in an expression, or made by one. */
export class LiteralMap implements MapValue {
  readonly #entries = new Map<string, readonly [Value, Value]>()
  get size(): number {
    return this.#entries.size
  }
  get(key: Value): Value | undefined {
    const text = keyText(key)
    return text === undefined ? undefined : this.#entries.get(text)?.[1]
  }
  keys(): readonly Value[] {
    return Array.from(this.#entries.values(), (entry) => entry[0])
  }
  /** False where the key is there already. */
  add(key: Value, value: Value): boolean {
    const text = keyText(key)
    if (text === undefined || typeof key === 'number') throw new CelError('unsupported key type')
    if (this.#entries.has(text)) return false
    this.#entries.set(text, [key, value])
    return true
  }
}

/** Numbers that are equal are the same key. */
function keyText(key: Value): string | undefined {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'bigint') return `n${key}`
  if (typeof key === 'boolean') return `b${key}`
  if (key instanceof Uint) return `n${key.value}`
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : 'none'
  return undefined
}

type Json = Readonly<Record<string, unknown>>

/** A JSON object whose keys are data. */
export class JsonMap implements MapValue {
  readonly json: Json
  readonly convert: Convert
  constructor(json: Json, convert: Convert) {
    this.json = json
    this.convert = convert
  }
  get size(): number {
    return Object.keys(this.json).length
  }
  get(key: Value): Value | undefined {
    return typeof key === 'string' && Object.hasOwn(this.json, key) ? this.convert(this.json[key]) : undefined
  }
  keys(): readonly Value[] {
    return Object.keys(this.json)
  }
}

export interface ObjectField {
  /** As JSON names it. */
  readonly name: string
  readonly convert: Convert
}

/** What a JSON object with declared fields needs to know of its type; fields by their escaped names. */
export interface ObjectShape {
  readonly name: string
  readonly fields: ReadonlyMap<string, ObjectField>
}

/** A JSON object with declared fields. */
export class ObjectValue {
  readonly json: Json
  readonly shape: ObjectShape
  constructor(json: Json, shape: ObjectShape) {
    this.json = json
    this.shape = shape
  }
  get(field: string): Value | undefined {
    const known = this.shape.fields.get(field)
    if (!known || !Object.hasOwn(this.json, known.name)) return undefined
    const raw = this.json[known.name]
    return raw === undefined ? undefined : known.convert(raw)
  }
}

export const isMap = (value: Value): value is MapValue => value instanceof JsonMap || value instanceof LiteralMap

/** JSON that nobody declared: whole numbers are ints. Values of expressions pass. */
export const fromJson: Convert = (json) => {
  switch (typeof json) {
    case 'number':
      return Number.isSafeInteger(json) ? BigInt(json) : json
    case 'string':
    case 'boolean':
    case 'bigint':
      return json
    case 'undefined':
      return null
    default:
      if (json === null) return null
      if (Array.isArray(json)) return new List(json, fromJson)
      if (Object.getPrototypeOf(json) === Object.prototype || Object.getPrototypeOf(json) === null) {
        return new JsonMap(json as Json, fromJson)
      }
      return json as Value
  }
}

export const maxInt: bigint = 2n ** 63n - 1n
export const minInt: bigint = -(2n ** 63n)
export const maxUint: bigint = 2n ** 64n - 1n

export function int(value: bigint): bigint {
  if (value > maxInt || value < minInt) throw new CelError('integer overflow')
  return value
}
export function uint(value: bigint): Uint {
  if (value < 0n || value > maxUint) throw new CelError('unsigned integer overflow')
  return new Uint(value)
}

export function typeName(value: Value): string {
  switch (typeof value) {
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
  }
  if (value === null) return 'null_type'
  if (value instanceof List) return 'list'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof TypeValue) return 'type'
  if (value instanceof Optional) return 'optional_type'
  if (value instanceof Opaque) return value.typeName
  if (value instanceof ObjectValue) return value.shape.name
  return 'map'
}

const number = (value: Value): bigint | number | undefined =>
  typeof value === 'bigint' || typeof value === 'number' ? value : value instanceof Uint ? value.value : undefined

/** Equality across types: numbers by what they are worth, different types never equal. */
export function equals(a: Value, b: Value): boolean {
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return a === b
  const left = number(a)
  if (left !== undefined) {
    const right = number(b)
    // biome-ignore lint/suspicious/noDoubleEquals: JavaScript's loose equality of bigint and number is exact
    return right !== undefined && left == right
  }
  if (a instanceof List) return b instanceof List && listsEqual(a, b)
  if (a instanceof ObjectValue) return b instanceof ObjectValue && a.shape.name === b.shape.name && objectsEqual(a, b)
  if (a instanceof Uint8Array) return b instanceof Uint8Array && bytesCompare(a, b) === 0
  if (a instanceof Timestamp) return b instanceof Timestamp && a.ns === b.ns
  if (a instanceof Duration) return b instanceof Duration && a.ns === b.ns
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name
  if (a instanceof Opaque) return b instanceof Opaque && a.typeName === b.typeName && a.equals(b)
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false
    return a.value === undefined || b.value === undefined ? a.value === b.value : equals(a.value, b.value)
  }
  return isMap(a) && isMap(b) && mapsEqual(a, b)
}

function listsEqual(a: List, b: List): boolean {
  if (a.size !== b.size) return false
  addWork(a.size)
  const unordered = a.unordered ?? b.unordered
  if (unordered) return sameMembers(a, b, unordered)
  for (let i = 0; i < a.size; i++) if (!equals(a.at(i), b.at(i))) return false
  return true
}

/** Lists owned as sets or maps are equal in any order. */
function sameMembers(a: List, b: List, unordered: Unordered): boolean {
  const others = new Map(Array.from({ length: b.size }, (_, i) => [memberKey(b.items[i], unordered), b.at(i)]))
  if (others.size !== b.size) return false
  for (let i = 0; i < a.size; i++) {
    const other = others.get(memberKey(a.items[i], unordered))
    if (other === undefined || !equals(a.at(i), other)) return false
  }
  return true
}

export function memberKey(item: unknown, { by, keys }: Unordered): string {
  const picked = by === 'set' ? item : keys.map((key) => (item as Json | null)?.[key] ?? null)
  return JSON.stringify(picked, (_, value) => (typeof value === 'bigint' ? Number(value) : value)) ?? ''
}

function objectsEqual(a: ObjectValue, b: ObjectValue): boolean {
  addWork(a.shape.fields.size)
  for (const name of a.shape.fields.keys()) {
    const left = a.get(name)
    const right = b.get(name)
    if (left === undefined || right === undefined ? left !== right : !equals(left, right)) return false
  }
  return true
}

function mapsEqual(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false
  addWork(a.size)
  for (const key of a.keys()) {
    const other = b.get(key)
    if (other === undefined || !equals(a.get(key) as Value, other)) return false
  }
  return true
}

/** Negative, zero or positive; NaN where they have no order; undefined where the types have none. */
export function compare(a: Value, b: Value): number | undefined {
  const left = number(a)
  if (left !== undefined) {
    const right = number(b)
    if (right === undefined) return undefined
    if (typeof left === typeof right) return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number.NaN
    return Number(left) - Number(right)
  }
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : undefined
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? bytesCompare(a, b) : undefined
  if (a instanceof Timestamp) return b instanceof Timestamp ? Number(a.ns - b.ns) : undefined
  if (a instanceof Duration) return b instanceof Duration ? Number(a.ns - b.ns) : undefined
  return undefined
}

/** By code point, which differs from JavaScript's order where one of them is a pair of code units. */
function compareText(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  for (let i = 0; i < end; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xPair = x >= 0xd800 && x <= 0xdfff
    const yPair = y >= 0xd800 && y <= 0xdfff
    return xPair === yPair ? x - y : xPair ? 1 : -1
  }
  return a.length - b.length
}

function bytesCompare(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length)
  for (let i = 0; i < end; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number)
  return a.length - b.length
}

const pairs = /[\ud800-\udfff]/
/** Code points, for what counts or indexes them. Its cost is 1 however long the text is, so the work is counted. */
export function points(text: string): string | readonly string[] {
  addWork(text.length / 32)
  if (!pairs.test(text)) return text
  addWork(text.length)
  return Array.from(text)
}

export function textSize(text: string): number {
  return points(text).length
}

/** What the cost model calls the size of a value. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length
  if (value instanceof List) return value.size
  if (value instanceof Uint8Array) return value.length
  if (typeof value === 'object' && value !== null && isMap(value)) return value.size
  return 1
}
