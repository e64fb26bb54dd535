// Lists as a whole, and lists as sets.

import {
  byRegex,
  type Costs,
  exactly,
  fn,
  fns,
  type Overload,
  plus,
  product,
  times,
  traversalFactor,
  unknownSize,
} from './functions.ts'
import { find, findAll } from './regex.ts'
import {
  addWork,
  CelError,
  compare,
  Duration,
  equals,
  int,
  List,
  noSuchOverload,
  sizeOf,
  Uint,
  uint,
  type Value,
} from './values.ts'

function traversal(value: Value): number {
  if (!(value instanceof List)) return typeof value === 'string' ? Math.ceil(value.length * traversalFactor) : 1
  let cost = 0
  for (const item of value.values()) cost += typeof item === 'string' ? item.length : 1
  return cost
}

const overItems: Costs = {
  cost: (_, list) => traversal(list),
  estimate: ([list = unknownSize], items) => {
    const each = items && items.max > 1 ? plus(exactly(1), times(items, traversalFactor)) : exactly(1)
    return { cost: product(list, each) }
  },
}

function ordered(a: Value, b: Value): number {
  const order = compare(a, b)
  if (order === undefined) throw noSuchOverload()
  return order
}

function isSorted(list: List): boolean {
  for (let i = 1; i < list.size; i++) if (ordered(list.at(i - 1), list.at(i)) > 0) return false
  return true
}

const best =
  (name: string, sign: 1 | -1) =>
  (list: List): Value => {
    if (list.size === 0) throw new CelError(`${name} called on empty list`)
    return list.values().reduce((a, b) => (ordered(b, a) * sign > 0 ? b : a))
  }

const sum =
  (zero: Value) =>
  (list: List): Value =>
    list.size === 0 ? zero : list.values().reduce(add)

function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a + b)
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (a instanceof Uint && b instanceof Uint) return uint(a.value + b.value)
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ns + b.ns)
  throw noSuchOverload()
}

const place = (list: List, value: Value): bigint => BigInt(list.values().findIndex((item) => equals(item, value)))
const lastPlace = (list: List, value: Value): bigint =>
  BigInt(list.values().findLastIndex((item) => equals(item, value)))

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes']
const each = (result: (type: string) => string): string[] =>
  comparable.map((type) => `list(${type}).() -> ${result(type)}`)

export const listsLibrary: readonly Overload[] = [
  ...fns(
    'isSorted',
    each(() => 'bool'),
    isSorted,
    overItems,
  ),
  ...fns(
    'min',
    each((type) => type),
    best('min', -1),
    overItems,
  ),
  ...fns(
    'max',
    each((type) => type),
    best('max', 1),
    overItems,
  ),
  fn('sum', 'list(int).() -> int', sum(0n), overItems),
  fn('sum', 'list(uint).() -> uint', sum(new Uint(0n)), overItems),
  fn('sum', 'list(double).() -> double', sum(0), overItems),
  fn('sum', 'list(duration).() -> duration', sum(new Duration(0n)), overItems),
  fn('indexOf', 'list(A).(A) -> int', place, overItems),
  fn('lastIndexOf', 'list(A).(A) -> int', lastPlace, overItems),
]

const pairwise: Costs = {
  cost: (_, a, b) => sizeOf(a) * sizeOf(b),
  estimate: ([a = unknownSize, b = unknownSize]) => ({ cost: product(a, b) }),
}

function includes(list: List, wanted: Value): boolean {
  addWork(list.size)
  for (let i = 0; i < list.size; i++) if (equals(list.at(i), wanted)) return true
  return false
}
const containsAll = (list: List, other: List): boolean => other.values().every((item) => includes(list, item))

export const setsLibrary: readonly Overload[] = [
  fn('sets.contains', '(list(A), list(A)) -> bool', containsAll, pairwise),
  fn(
    'sets.equivalent',
    '(list(A), list(A)) -> bool',
    (a: List, b: List) => containsAll(a, b) && containsAll(b, a),
    pairwise,
  ),
  fn(
    'sets.intersects',
    '(list(A), list(A)) -> bool',
    (a: List, b: List) => b.values().some((item) => includes(a, item)),
    pairwise,
  ),
]

export const regexLibrary: readonly Overload[] = [
  fn(
    'find',
    'string.(string) -> string',
    (text: string, pattern: string) => {
      const match = find(text, pattern)
      return match ? text.slice(match.start, match.end) : ''
    },
    byRegex,
  ),
  fn(
    'findAll',
    'string.(string) -> list(string)',
    (text: string, pattern: string) => new List(findAll(text, pattern, -1)),
    byRegex,
  ),
  fn(
    'findAll',
    'string.(string, int) -> list(string)',
    (text: string, pattern: string, limit: bigint) => new List(findAll(text, pattern, Number(limit))),
    byRegex,
  ),
]
