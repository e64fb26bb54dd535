// How single values are read from JSON: the check of their type, their canonical form, and what Go says of those
// that do not fit.

import { DurationError, formatDuration, parseDuration } from './duration.ts'
import { Quantity, QuantityError } from './quantity.ts'
import type { ScalarName } from './schema.ts'
import { canonicalMicroTime, canonicalTime, TimeError } from './time.ts'

/** Something in a body that cannot be read; its message is what Go's decoder would say. */
export class DecodeError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'DecodeError'
  }
}

/** JSON of another type than the field's. Types with a reader of their own are told without the field's place. */
export class WrongType extends Error {
  readonly goType: string
  readonly placed: boolean
  constructor(goType: string, placed: boolean) {
    super(goType)
    this.goType = goType
    this.placed = placed
  }
}

export interface Scalar {
  /** How Go names the type. */
  readonly goType: string
  /** What stands for an absent value that is always written. */
  readonly zero: unknown
  /** The canonical value. Throws WrongType or DecodeError. Null never comes here. */
  readonly read: (value: unknown) => unknown
}

function string(value: unknown): string {
  if (typeof value === 'string') return value
  throw new WrongType('string', true)
}

function bool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new WrongType('bool', true)
}

function int32(value: unknown): number {
  if (typeof value === 'number' && (value | 0) === value) return value + 0
  throw new WrongType('int32', true)
}

function int64(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0
  throw new WrongType('int64', true)
}

function double(value: unknown): number {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return value
  throw new WrongType('float64', true)
}

function bytes(value: unknown): string {
  if (typeof value !== 'string') throw new WrongType('[]uint8', true)
  // Go's decoder skips line breaks and is strict about everything else.
  const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value
  const at = illegalBase64(text)
  if (at !== undefined) throw new DecodeError(`illegal base64 data at input byte ${at}`)
  if (!text.endsWith('=')) return text
  // The last character may say more than there are bits for, which Go passes over, and writes otherwise.
  return text.slice(0, -4) + Buffer.from(text.slice(-4), 'base64').toString('base64')
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function illegalBase64(text: string): number | undefined {
  // The quick way first: what decodes and encodes to itself is good.
  if (text.length % 4 === 0 && base64.test(text)) return undefined
  const bad = text.search(/[^A-Za-z0-9+/]/)
  if (bad === -1) return text.length - (text.length % 4)
  // Padding is fine where it ends the last group of four.
  const padding = text.slice(bad)
  if (padding === '=' && bad % 4 === 3) return undefined
  if (padding === '==' && bad % 4 === 2) return undefined
  return bad
}

function quantity(value: unknown): string {
  try {
    if (typeof value === 'string') return Quantity.parse(value.trim()).toString()
    return Quantity.parse(typeof value === 'number' ? String(value) : JSON.stringify(value)).toString()
  } catch (error) {
    throw error instanceof QuantityError ? new DecodeError(error.message) : error
  }
}

function intOrString(value: unknown): number | string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && (value | 0) === value) return value + 0
  throw new WrongType('int32', false)
}

const timeWith = (canonical: (text: string) => string | null) => (value: unknown) => {
  if (typeof value !== 'string') throw new WrongType('string', false)
  try {
    return canonical(value)
  } catch (error) {
    throw error instanceof TimeError ? new DecodeError(error.message) : error
  }
}

function duration(value: unknown): string {
  if (typeof value !== 'string') throw new WrongType('string', false)
  try {
    return formatDuration(parseDuration(value))
  } catch (error) {
    throw error instanceof DurationError ? new DecodeError(error.message) : error
  }
}

export const scalars: Readonly<Record<ScalarName, Scalar>> = {
  string: { goType: 'string', zero: '', read: string },
  bool: { goType: 'bool', zero: false, read: bool },
  int32: { goType: 'int32', zero: 0, read: int32 },
  int64: { goType: 'int64', zero: 0, read: int64 },
  double: { goType: 'float64', zero: 0, read: double },
  bytes: { goType: '[]uint8', zero: '', read: bytes },
  quantity: { goType: 'resource.Quantity', zero: '0', read: quantity },
  intOrString: { goType: 'intstr.IntOrString', zero: 0, read: intOrString },
  // A zero time is written as null.
  time: { goType: 'v1.Time', zero: null, read: timeWith(canonicalTime) },
  microTime: { goType: 'v1.MicroTime', zero: null, read: timeWith(canonicalMicroTime) },
  duration: { goType: 'v1.Duration', zero: '0s', read: duration },
  any: { goType: 'runtime.RawExtension', zero: null, read: (value) => value },
}
