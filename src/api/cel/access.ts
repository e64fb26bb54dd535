// What stands behind fields, keys and indices of values, in the ways that CEL has of asking for it: it is there or an
// error, it may be there, is it there. Error texts are upstream's.

import {
  CelError,
  isMap,
  List,
  type LiteralMap,
  noSuchOverload,
  ObjectValue,
  Optional,
  Uint,
  type Value,
} from './values.ts'

const noSuchKey = (key: Value): CelError =>
  new CelError(`no such key: ${key instanceof Uint ? key.value : String(key)}`)

export const isObject = (value: Value): value is Exclude<Value, string | bigint | number | boolean | null> =>
  typeof value === 'object' && value !== null

export function select(value: Value, field: string): Value {
  if (value instanceof ObjectValue) {
    const got = value.get(field)
    if (got !== undefined) return got
    throw noSuchKey(field)
  }
  if (value instanceof Optional) return value.value === undefined ? value : selectOptional(value.value, field)
  if (isObject(value) && isMap(value)) {
    const got = value.get(field)
    if (got === undefined) throw noSuchKey(field)
    return got
  }
  throw noSuchOverload()
}

export function selectOptional(value: Value, field: string): Value {
  if (value instanceof Optional) return value.value === undefined ? value : selectOptional(value.value, field)
  if (!(value instanceof ObjectValue) && !(isObject(value) && isMap(value))) throw noSuchOverload()
  const got = value.get(field)
  return got === undefined ? Optional.none : new Optional(got)
}

export function has(value: Value, field: string): boolean {
  if (value instanceof ObjectValue) return value.get(field) !== undefined
  if (value instanceof Optional) return value.value !== undefined && has(value.value, field)
  if (isObject(value) && isMap(value)) return value.get(field) !== undefined
  throw noSuchOverload()
}

/** The item, or undefined where there is none. */
function lookUp(value: Value, key: Value): Value | undefined {
  if (value instanceof List) {
    const at = key instanceof Uint ? Number(key.value) : typeof key === 'bigint' ? Number(key) : wholeIndex(key)
    return at >= 0 && at < value.size ? value.at(at) : undefined
  }
  if (value instanceof ObjectValue && typeof key === 'string') return value.get(key)
  if (isObject(value) && isMap(value)) {
    if (isObject(key) && !(key instanceof Uint)) throw new CelError('unsupported key type')
    return value.get(key)
  }
  throw noSuchOverload()
}

function wholeIndex(key: Value): number {
  if (typeof key === 'number' && Number.isInteger(key)) return key
  if (typeof key === 'number') throw new CelError(`unsupported index value: ${key} (invalid_argument)`)
  throw new CelError('unsupported index type (invalid_argument)')
}

export function index(value: Value, key: Value): Value {
  const found = lookUp(value, key)
  if (found !== undefined) return found
  if (value instanceof List) throw new CelError(`index out of bounds: ${key instanceof Uint ? key.value : String(key)}`)
  throw noSuchKey(key)
}

export function optionalIndex(value: Value, key: Value): Value {
  const found = lookUp(value, key)
  return found === undefined ? Optional.none : new Optional(found)
}

export function addEntry(map: LiteralMap, key: Value, value: Value): void {
  if (!map.add(key, value)) throw new CelError(`Failed with repeated key: ${String(key)}`)
}
