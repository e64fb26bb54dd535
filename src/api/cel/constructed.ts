// What an expression makes by writing a message, as `Object.spec{replicas: 3}` or `JSONPatch{op: "remove"}`, and how
// values become the JSON that such a message stands for.

import { exactInteger } from '#lib/exact-json.ts'
import { durationText, timestampText } from './time.ts'
import {
  CelError,
  Duration,
  equals,
  JsonMap,
  List,
  LiteralMap,
  ObjectValue,
  Opaque,
  Timestamp,
  typeName,
  Uint,
  type Value,
} from './values.ts'

export class Constructed extends Opaque {
  readonly typeName: string
  readonly fields: ReadonlyMap<string, Value>
  constructor(name: string, fields: ReadonlyMap<string, Value>) {
    super()
    this.typeName = name
    this.fields = fields
  }
  equals(other: Opaque): boolean {
    if (!(other instanceof Constructed) || other.fields.size !== this.fields.size) return false
    for (const [name, value] of this.fields) {
      const theirs = other.fields.get(name)
      if (theirs === undefined || !equals(value, theirs)) return false
    }
    return true
  }
}

/** Throws a CelError for what JSON has no form for. JSON that a value was made of is shared with it. */
export function toJson(value: Value): unknown {
  switch (typeof value) {
    case 'bigint':
      return exactInteger(value)
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw new CelError(`unsupported value: ${value}`)
      return value
  }
  if (value === null) return null
  if (value instanceof Uint) return Number(value.value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof JsonMap || value instanceof ObjectValue) return value.json
  if (value instanceof List) return value.convert ? value.items : value.values().map(toJson)
  if (value instanceof LiteralMap) return mapToJson(value)
  if (value instanceof Constructed) return Object.fromEntries(Array.from(value.fields, ([k, v]) => [k, toJson(v)]))
  if (value instanceof Timestamp) return timestampText(value)
  if (value instanceof Duration) return durationText(value)
  throw new CelError(`type conversion error from '${typeName(value)}' to 'google.protobuf.Value'`)
}

function mapToJson(map: LiteralMap): unknown {
  return Object.fromEntries(
    map.keys().map((key) => {
      if (typeof key !== 'string')
        throw new CelError(`map key "${String(key)}" is of type ${typeName(key)}, not string`)
      return [key, toJson(map.get(key) as Value)]
    }),
  )
}

/** Messages inside a message must be called after the fields that they stand in; lists and maps have no name. */
export function misnamed(root: Constructed): readonly string[] {
  const found: string[] = []
  const look = (value: Value, path: string): void => {
    if (value instanceof Constructed) {
      if (value.typeName !== path) {
        const names = `${JSON.stringify(value.typeName)}, expected ${JSON.stringify(path)}`
        found.push(`unexpected type name ${names}, which matches field name path from root Object type`)
      }
      for (const [name, field] of value.fields) look(field, `${path}.${name}`)
    } else if (value instanceof List && !value.convert) for (const item of value.values()) look(item, path)
    else if (value instanceof LiteralMap) for (const key of value.keys()) look(value.get(key) as Value, path)
  }
  look(root, root.typeName)
  return found
}
