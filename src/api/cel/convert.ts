// From JSON to values by type: what a variable or field declared so is read as.

import { parseDuration, parseTimestamp } from './time.ts'
import type { ListType, Type } from './types.ts'
import { CelError, type Convert, fromJson, JsonMap, List, type ObjectShape, ObjectValue } from './values.ts'

const record = (json: unknown): json is Record<string, unknown> => {
  if (typeof json !== 'object' || json === null) return false
  const prototype = Object.getPrototypeOf(json)
  return prototype === Object.prototype || prototype === null
}

const byText =
  (read: (text: string) => ReturnType<Convert>): Convert =>
  (json) =>
    typeof json === 'string' ? read(json) : fromJson(json)

const bytes = byText((text) => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new CelError('illegal base64 data')
  return new Uint8Array(Buffer.from(text, 'base64'))
})
const timestamp = byText(parseTimestamp)
const duration = byText(parseDuration)
const int: Convert = (json) => (typeof json === 'number' && Number.isInteger(json) ? BigInt(json) : fromJson(json))
const double: Convert = (json) => (typeof json === 'number' || typeof json === 'bigint' ? Number(json) : fromJson(json))

/** An object's type that knows how to read its fields. */
export interface Shaped {
  readonly shape: ObjectShape
}

const isShaped = (type: Type): type is Type & Shaped => 'shape' in type

export function converterOf(type: Type): Convert {
  switch (type.kind) {
    case 'int':
      return int
    case 'double':
      return double
    case 'bytes':
      return bytes
    case 'timestamp':
      return timestamp
    case 'duration':
      return duration
    case 'list':
      return listConverter(type)
    case 'map': {
      const of = converterOf(type.of)
      return (json) => (record(json) ? new JsonMap(json, of) : fromJson(json))
    }
    case 'object': {
      if (!isShaped(type)) return fromJson
      const { shape } = type as Shaped
      return (json) => (record(json) ? new ObjectValue(json, shape) : fromJson(json))
    }
    default:
      return fromJson
  }
}

function listConverter({ of, unordered }: ListType): Convert {
  const item = converterOf(of)
  return (json) => (Array.isArray(json) ? new List(json, item, unordered) : fromJson(json))
}
