// The functions and operators of the language itself, without those that may leave an argument alone: the compiler
// knows &&, ||, ?:, == and the index operators.

import {
  byRegex,
  type Costs,
  exactly,
  fn,
  fns,
  type Overload,
  overFirst,
  plus,
  product,
  times,
  traversalFactor,
  unknownSize,
} from './functions.ts'
import { matches } from './regex.ts'
import { calendar, durationText, parseDuration, parseTimestamp, timestampText } from './time.ts'
import {
  addWork,
  CelError,
  compare,
  Duration,
  equals,
  int,
  isMap,
  List,
  type MapValue,
  memberKey,
  noSuchOverload,
  sizeOf,
  Timestamp,
  TypeValue,
  textSize,
  typeName,
  type Uint,
  uint,
  type Value,
} from './values.ts'

const conversion = (from: string, to: string): CelError =>
  new CelError(`type conversion error from '${from}' to '${to}'`)

const shorter: Costs = {
  cost: (_, a, b) => Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * traversalFactor),
  estimate: ([a = unknownSize, b = unknownSize]) => ({
    cost: times({ min: Math.min(a.min, b.min), max: Math.min(a.max, b.max) }, traversalFactor),
  }),
}
const joined: Costs = {
  cost: (_, a, b) => Math.ceil((sizeOf(a) + sizeOf(b)) * traversalFactor),
  estimate: ([a = unknownSize, b = unknownSize]) => ({ cost: times(plus(a, b), traversalFactor), size: plus(a, b) }),
}

const numbers = ['int', 'uint', 'double']
const ordered = ['bool', 'string', 'bytes', 'timestamp', 'duration']

function relation(name: string, holds: (order: number) => boolean): Overload[] {
  const run = (a: Value, b: Value): boolean => {
    const order = compare(a, b)
    if (order === undefined) throw noSuchOverload()
    return holds(order)
  }
  const numeric = numbers.flatMap((a) => numbers.map((b) => fn(name, `(${a}, ${b}) -> bool`, run)))
  const rest = ordered.map((type) =>
    fn(name, `(${type}, ${type}) -> bool`, run, type === 'string' || type === 'bytes' ? shorter : {}),
  )
  return [...numeric, ...rest]
}

const arithmetic: readonly Overload[] = [
  fn('_+_', '(int, int) -> int', (a: bigint, b: bigint) => int(a + b)),
  fn('_+_', '(uint, uint) -> uint', (a: Uint, b: Uint) => uint(a.value + b.value)),
  fn('_+_', '(double, double) -> double', (a: number, b: number) => a + b),
  fn('_+_', '(string, string) -> string', (a: string, b: string) => a + b, joined),
  fn('_+_', '(bytes, bytes) -> bytes', joinBytes, joined),
  fn('_+_', '(list(A), list(A)) -> list(A)', joinLists, {
    estimate: ([a = unknownSize, b = unknownSize]) => ({ cost: exactly(1), size: plus(a, b) }),
  }),
  fn('_+_', '(timestamp, duration) -> timestamp', (a: Timestamp, b: Duration) => new Timestamp(a.ns + b.ns)),
  fn('_+_', '(duration, timestamp) -> timestamp', (a: Duration, b: Timestamp) => new Timestamp(a.ns + b.ns)),
  fn('_+_', '(duration, duration) -> duration', (a: Duration, b: Duration) => new Duration(a.ns + b.ns)),
  fn('_-_', '(int, int) -> int', (a: bigint, b: bigint) => int(a - b)),
  fn('_-_', '(uint, uint) -> uint', (a: Uint, b: Uint) => uint(a.value - b.value)),
  fn('_-_', '(double, double) -> double', (a: number, b: number) => a - b),
  fn('_-_', '(timestamp, timestamp) -> duration', (a: Timestamp, b: Timestamp) => new Duration(a.ns - b.ns)),
  fn('_-_', '(timestamp, duration) -> timestamp', (a: Timestamp, b: Duration) => new Timestamp(a.ns - b.ns)),
  fn('_-_', '(duration, duration) -> duration', (a: Duration, b: Duration) => new Duration(a.ns - b.ns)),
  fn('_*_', '(int, int) -> int', (a: bigint, b: bigint) => int(a * b)),
  fn('_*_', '(uint, uint) -> uint', (a: Uint, b: Uint) => uint(a.value * b.value)),
  fn('_*_', '(double, double) -> double', (a: number, b: number) => a * b),
  fn('_/_', '(int, int) -> int', (a: bigint, b: bigint) => int(a / notZero(b, 'division by zero'))),
  fn('_/_', '(uint, uint) -> uint', (a: Uint, b: Uint) => uint(a.value / notZero(b.value, 'division by zero'))),
  fn('_/_', '(double, double) -> double', (a: number, b: number) => a / b),
  fn('_%_', '(int, int) -> int', (a: bigint, b: bigint) => int(a % notZero(b, 'modulus by zero'))),
  fn('_%_', '(uint, uint) -> uint', (a: Uint, b: Uint) => uint(a.value % notZero(b.value, 'modulus by zero'))),
  fn('-_', '(int) -> int', (a: bigint) => int(-a)),
  fn('-_', '(double) -> double', (a: number) => -a),
  fn('!_', '(bool) -> bool', (a: boolean) => !a),
]

function notZero(value: bigint, message: string): bigint {
  if (value === 0n) throw new CelError(message)
  return value
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  addWork((a.length + b.length) / 16)
  const made = new Uint8Array(a.length + b.length)
  made.set(a)
  made.set(b, a.length)
  return made
}

/** Lists owned as sets or maps are merged, as an apply would. */
function joinLists(a: List, b: List): List {
  addWork(a.size + b.size)
  const unordered = a.unordered
  if (!unordered) return new List([...a.values(), ...b.values()])
  const items = new Map(a.items.map((item) => [memberKey(item, unordered), item]))
  for (const item of b.items) items.set(memberKey(item, unordered), item)
  return new List([...items.values()], a.convert, unordered)
}

function contains(needle: Value, list: List): boolean {
  addWork(list.size)
  for (let i = 0; i < list.size; i++) if (equals(needle, list.at(i))) return true
  return false
}

const size = (value: string | Uint8Array | List | MapValue): bigint =>
  BigInt(typeof value === 'string' ? textSize(value) : sizeOf(value))

const collections: readonly Overload[] = [
  fn('@in', '(A, list(A)) -> bool', contains, {
    cost: (_, __, list) => sizeOf(list),
    estimate: ([, list = unknownSize]) => ({ cost: list }),
  }),
  fn('@in', '(A, map(A, B)) -> bool', (key: Value, map: MapValue) => map.get(key) !== undefined),
  ...['string', 'bytes', 'list(A)', 'map(A, B)'].flatMap((type) => [
    fn('size', `(${type}) -> int`, size),
    fn('size', `${type}.() -> int`, size),
  ]),
]

const textual: readonly Overload[] = [
  fn('startsWith', 'string.(string) -> bool', (a: string, b: string) => a.startsWith(b), overFirst()),
  fn('endsWith', 'string.(string) -> bool', (a: string, b: string) => a.endsWith(b), overFirst()),
  fn('contains', 'string.(string) -> bool', (a: string, b: string) => a.includes(b), {
    cost: (_, a, b) => Math.ceil(sizeOf(a) * traversalFactor) * Math.ceil(sizeOf(b) * traversalFactor),
    estimate: ([a = unknownSize, b = unknownSize]) => ({
      cost: product(times(a, traversalFactor), times(b, traversalFactor)),
    }),
  }),
  ...fns('matches', ['string.(string) -> bool', '(string, string) -> bool'], matches, byRegex),
]

/** Go's %g with the fewest digits. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  const digits = mantissa.replace(/[-.]/g, '').length
  if (exponent >= -4 && exponent < Math.max(21, digits)) return plain(value, mantissa, exponent)
  const sign = exponent < 0 ? '-' : '+'
  return value === 0 ? '0' : `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function plain(value: number, mantissa: string, exponent: number): string {
  const digits = mantissa.replace(/[-.]/g, '')
  const sign = value < 0 ? '-' : ''
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

function intFromText(text: string): bigint {
  if (!/^[-+]?\d{1,40}$/.test(text)) throw conversion('string', 'int')
  const value = BigInt(text.replace('+', ''))
  if (value !== BigInt.asIntN(64, value)) throw conversion('string', 'int')
  return value
}

function uintFromText(text: string): Uint {
  if (!/^\d{1,40}$/.test(text)) throw conversion('string', 'uint')
  return uint(BigInt(text))
}

function doubleFromText(text: string): number {
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text)
  if (/^nan$/i.test(text)) return Number.NaN
  const infinite = /^([-+]?)inf(?:inity)?$/i.exec(text)
  if (!infinite) throw conversion('string', 'double')
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function whole(value: number, low: number, high: number, message: string): bigint {
  // The bounds themselves are not exact as doubles, so upstream leaves them out.
  if (!(value > low && value < high)) throw new CelError(message)
  return BigInt(Math.trunc(value))
}

const truths: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
}

function boolFromText(text: string): boolean {
  const found = Object.hasOwn(truths, text) ? truths[text] : undefined
  if (found === undefined) throw conversion('string', 'bool')
  return found
}

export function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

const same = (value: Value): Value => value

const conversions: readonly Overload[] = [
  fn('int', '(int) -> int', same),
  fn('int', '(uint) -> int', ({ value }: Uint) => int(value)),
  fn('int', '(double) -> int', (value: number) => whole(value, -(2 ** 63), 2 ** 63, 'integer overflow')),
  fn('int', '(string) -> int', intFromText),
  fn(
    'int',
    '(timestamp) -> int',
    ({ ns }: Timestamp) => (ns - (((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n,
  ),
  fn('int', '(duration) -> int', ({ ns }: Duration) => ns),
  fn('uint', '(uint) -> uint', same),
  fn('uint', '(int) -> uint', (value: bigint) => uint(value)),
  fn('uint', '(double) -> uint', (value: number) => {
    if (!(value >= 0)) throw new CelError('unsigned integer overflow')
    return uint(whole(value, -1, 2 ** 64, 'unsigned integer overflow'))
  }),
  fn('uint', '(string) -> uint', uintFromText),
  fn('double', '(double) -> double', same),
  fn('double', '(int) -> double', (value: bigint) => Number(value)),
  fn('double', '(uint) -> double', ({ value }: Uint) => Number(value)),
  fn('double', '(string) -> double', doubleFromText),
  fn('string', '(string) -> string', same),
  fn('string', '(bool) -> string', (value: boolean) => String(value)),
  fn('string', '(int) -> string', (value: bigint) => String(value)),
  fn('string', '(uint) -> string', ({ value }: Uint) => String(value)),
  fn('string', '(double) -> string', doubleText),
  fn('string', '(bytes) -> string', bytesText, overFirst()),
  fn('string', '(timestamp) -> string', timestampText),
  fn('string', '(duration) -> string', durationText),
  fn('bytes', '(bytes) -> bytes', same),
  fn('bytes', '(string) -> bytes', (text: string) => new TextEncoder().encode(text), overFirst()),
  fn('bool', '(bool) -> bool', same),
  fn('bool', '(string) -> bool', boolFromText),
  fn('timestamp', '(timestamp) -> timestamp', same),
  fn('timestamp', '(string) -> timestamp', parseTimestamp),
  fn('timestamp', '(int) -> timestamp', (seconds: bigint) => new Timestamp(seconds * 1_000_000_000n)),
  fn('duration', '(duration) -> duration', same),
  fn('duration', '(string) -> duration', parseDuration),
  fn('duration', '(int) -> duration', (ns: bigint) => new Duration(ns)),
  fn('dyn', '(A) -> dyn', same),
  fn('type', '(A) -> type(A)', (value: Value) => new TypeValue(typeName(value))),
]

type Part = (at: ReturnType<typeof calendar>) => number
const parts: Readonly<Record<string, Part>> = {
  getFullYear: ({ year }) => year,
  getMonth: ({ month }) => month - 1,
  getDate: ({ day }) => day,
  getDayOfMonth: ({ day }) => day - 1,
  getDayOfWeek: ({ dayOfWeek }) => dayOfWeek,
  getDayOfYear: ({ dayOfYear }) => dayOfYear,
  getHours: ({ hour }) => hour,
  getMinutes: ({ minute }) => minute,
  getSeconds: ({ second }) => second,
  getMilliseconds: ({ nanos }) => Math.trunc(nanos / 1e6),
}

const accessors: readonly Overload[] = [
  ...Object.entries(parts).flatMap(([name, part]) => [
    fn(name, 'timestamp.() -> int', (at: Timestamp) => BigInt(part(calendar(at, undefined)))),
    fn(name, 'timestamp.(string) -> int', (at: Timestamp, zone: string) => BigInt(part(calendar(at, zone)))),
  ]),
  fn('getHours', 'duration.() -> int', ({ ns }: Duration) => ns / 3_600_000_000_000n),
  fn('getMinutes', 'duration.() -> int', ({ ns }: Duration) => ns / 60_000_000_000n),
  fn('getSeconds', 'duration.() -> int', ({ ns }: Duration) => ns / 1_000_000_000n),
  fn('getMilliseconds', 'duration.() -> int', ({ ns }: Duration) => (ns / 1_000_000n) % 1000n),
]

export const standardLibrary: readonly Overload[] = [
  ...relation('_<_', (order) => order < 0),
  ...relation('_<=_', (order) => order <= 0),
  ...relation('_>_', (order) => order > 0),
  ...relation('_>=_', (order) => order >= 0),
  ...arithmetic,
  ...collections,
  ...textual,
  ...conversions,
  ...accessors,
]

export const typeIdents: readonly string[] = [
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'type',
  'null_type',
]

export const isCollection = (value: Value): value is List | MapValue =>
  value instanceof List || (typeof value === 'object' && value !== null && isMap(value))
