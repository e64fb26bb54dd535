// Plain JSON values: asking what they are, comparing them, and printing them as Go does in an error text.

export type JsonObject = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function isEmptyObject(value: object): boolean {
  for (const _ in value) return false
  return true
}

/** Sets a key that may be any text: a plain assignment of `__proto__` would change the prototype instead. */
export function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else target[key] = value
}

/** The value at a key of the object's own; undefined for what it only inherits, as `constructor`. */
export const own = <T>(object: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** Deep equality of JSON values; an undefined member is the same as none, and the order of keys says nothing. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!equalJson(a[i], b[i])) return false
    return true
  }
  if (Array.isArray(b)) return false
  let members = 0
  for (const key in a) {
    const mine = (a as JsonObject)[key]
    if (mine === undefined) continue
    if (!equalJson(mine, own(b as JsonObject, key))) return false
    members++
  }
  for (const key in b) if ((b as JsonObject)[key] !== undefined) members--
  return members === 0
}

/** What Go says of a JSON value that does not fit its type. */
export const cannotUnmarshal = (value: unknown, goType: string): string =>
  `json: cannot unmarshal ${jsonType(value)} into Go value of type ${goType}`

/** As Go's decoder calls what stands in JSON. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'boolean' ? 'bool' : type === 'bigint' ? 'number' : type
}

/** As Go's `%v` prints decoded JSON: `map[a:1 b:[x y]]`. */
export function formatGo(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(formatGo).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const keys = Object.keys(value).sort()
  return `map[${keys.map((key) => `${key}:${formatGo((value as JsonObject)[key])}`).join(' ')}]`
}
