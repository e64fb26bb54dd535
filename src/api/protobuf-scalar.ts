// How single values stand in protobuf. Where JSON has one value, the wire sometimes has a message: a time is
// seconds and nanoseconds, a quantity its text, arbitrary JSON its bytes.

import type { Reader, Writer } from 'protobufjs/minimal.js'
import { formatMicroTime, formatTime } from '#lib/clock.ts'
import { exactInteger, parseExact } from '#lib/exact-json.ts'
import { formatDuration, parseDuration } from './duration.ts'
import type { ScalarName } from './schema.ts'

/** Bytes that are not what they should be; its message is what Go's decoder would say. */
export class ProtobufError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'ProtobufError'
  }
}

/** Varint, eight bytes, length-delimited, group, end of group, four bytes. */
export type WireType = 0 | 1 | 2 | 3 | 4 | 5

export interface Codec {
  readonly wire: WireType
  readonly zero: () => unknown
  readonly write: (writer: Writer, value: unknown) => void
  /** Undefined where Go's zero value has no JSON form, as a time that is not set. */
  readonly read: (reader: Reader, depth: number) => unknown
}

interface ScalarCodec {
  readonly wire: WireType
  readonly write: (writer: Writer, value: unknown) => void
}

export const zeroOf = (type: ScalarName): unknown => {
  switch (type) {
    case 'bool':
      return false
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0
    case 'string':
    case 'bytes':
      return ''
    case 'quantity':
      return '0'
    case 'duration':
      return '0s'
    default:
      return null
  }
}

const nanosPerMs = 1e6

/** Whole seconds and the rest of a time in RFC 3339. */
function partsOf(text: string): { readonly seconds: number; readonly nanos: number } {
  const seconds = Math.floor(Date.parse(text) / 1000)
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  return { seconds, nanos: Number(fraction.slice(0, 9).padEnd(9, '0')) }
}

const writeTime = (writer: Writer, value: unknown): void => {
  // In a list or a map there is a time even where none is set: an empty message, as Go writes it.
  if (value === null) return void writer.fork().ldelim()
  const { seconds, nanos } = partsOf(value as string)
  if (Number.isNaN(seconds)) throw new ProtobufError(`not a time: ${JSON.stringify(value)}`)
  writer.fork().uint32(8).int64(seconds).uint32(16).int32(nanos).ldelim()
}

export const scalarCodecs: Readonly<Record<ScalarName, ScalarCodec>> = {
  string: { wire: 2, write: (writer, value) => void writer.string(value as string) },
  bool: { wire: 0, write: (writer, value) => void writer.bool(value as boolean) },
  int32: { wire: 0, write: (writer, value) => void writer.int32(value as number) },
  int64: { wire: 0, write: (writer, value) => void writer.int64(value as number) },
  double: { wire: 1, write: (writer, value) => void writer.double(value as number) },
  bytes: { wire: 2, write: (writer, value) => void writer.bytes(Buffer.from(value as string, 'base64')) },
  quantity: { wire: 2, write: (writer, value) => void writer.fork().uint32(10).string(String(value)).ldelim() },
  intOrString: {
    wire: 2,
    write(writer, value) {
      const isText = typeof value === 'string'
      writer
        .fork()
        .uint32(8)
        .int64(isText ? 1 : 0)
      writer.uint32(16).int32(isText ? 0 : (value as number))
      writer
        .uint32(26)
        .string(isText ? value : '')
        .ldelim()
    },
  },
  time: { wire: 2, write: writeTime },
  microTime: { wire: 2, write: writeTime },
  duration: {
    wire: 2,
    write(writer, value) {
      const ns = Math.round(parseDuration(value as string) * nanosPerMs)
      writer.fork().uint32(8).int64(ns).ldelim()
    },
  },
  any: { wire: 2, write: (writer, value) => void writer.fork().uint32(10).string(JSON.stringify(value)).ldelim() },
}

type Fields = (reader: Reader, end: number, read: (tag: number, wire: WireType) => boolean) => void

export function readScalar(
  type: ScalarName,
  reader: Reader,
  fields: Fields,
  endOf: (reader: Reader) => number,
): unknown {
  switch (type) {
    case 'string':
      return reader.string()
    case 'bool':
      return reader.bool()
    case 'int32':
      return reader.int32()
    case 'int64':
      return readExactInt64(reader)
    case 'double':
      return reader.double()
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64')
    default:
      return fromParts(type, readParts(reader, endOf(reader), fields))
  }
}

const readInt64 = (reader: Reader): number => Number(reader.int64())
const readExactInt64 = (reader: Reader): number | bigint => exactInteger(BigInt(String(reader.int64())))

/** The fields of one of the small messages: numbers and texts by their field number. */
interface Parts {
  readonly numbers: (number | undefined)[]
  readonly bytes: (Uint8Array | undefined)[]
}

function readParts(reader: Reader, end: number, fields: Fields): Parts {
  const parts: Parts = { numbers: [], bytes: [] }
  fields(reader, end, (tag, wire) => {
    if (tag > 3 || (wire !== 0 && wire !== 2)) return false
    if (wire === 0) parts.numbers[tag] = readInt64(reader)
    else parts.bytes[tag] = reader.bytes()
    return true
  })
  return parts
}

const textOf = (bytes: Uint8Array | undefined): string => (bytes === undefined ? '' : Buffer.from(bytes).toString())

function fromParts(type: ScalarName, { numbers, bytes }: Parts): unknown {
  switch (type) {
    case 'quantity':
      return textOf(bytes[1]) || '0'
    case 'intOrString':
      return numbers[1] === 1 ? textOf(bytes[3]) : (numbers[2] ?? 0)
    case 'time':
    case 'microTime':
      return numbers[1] === undefined ? undefined : readTime(type, numbers[1], numbers[2] ?? 0)
    case 'duration':
      return formatDuration((numbers[1] ?? 0) / nanosPerMs)
    default:
      return readJson(bytes[1])
  }
}

/** When Go's time begins, which is how it keeps one that is not set. */
const zeroSeconds = -62_135_596_800
/** From the first to the last year that RFC 3339 can write. */
const minSeconds = -62_167_219_200
const maxSeconds = 253_402_300_799

function readTime(type: 'time' | 'microTime', seconds: number, nanos: number): string | undefined {
  if (seconds === zeroSeconds && nanos === 0) return undefined
  if (!(seconds >= minSeconds && seconds <= maxSeconds)) throw new ProtobufError('a time is out of range')
  if (type === 'time') return formatTime(seconds * 1000)
  const micros = String(Math.floor(Math.abs(nanos) / 1000) % 1_000_000).padStart(6, '0')
  return `${formatMicroTime(seconds * 1000).slice(0, 20)}${micros}Z`
}

function readJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || bytes.length === 0) return undefined
  try {
    return parseExact(textOf(bytes))
  } catch {
    throw new ProtobufError('raw bytes are not JSON')
  }
}
