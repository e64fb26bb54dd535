// What stands around a protobuf message: the magic number, the type of what is inside, the frames of a watch and the
// fields of a list. Built as chunks, so that the bytes of objects, which many answers share, are never copied.

import { protobuf } from '#lib/libraries.ts'
import type { AnyKind } from './kind.ts'
import { ListMeta } from './meta/list-meta.ts'
import { decodeMessage, encodeMessage, ProtobufError } from './protobuf.ts'
import type { AnySchema } from './schema.ts'

export const protobufContentType = 'application/vnd.kubernetes.protobuf'
export const protobufWatchContentType = 'application/vnd.kubernetes.protobuf;stream=watch'

const magic = new Uint8Array([0x6b, 0x38, 0x73, 0x00])

export interface TypeMeta {
  readonly apiVersion: string
  readonly kind: string
}

/** contentEncoding and contentType, which Go writes though they are empty. */
const tail = new Uint8Array([0x1a, 0x00, 0x22, 0x00])

/** `k8s\0` and runtime.Unknown around a message that is given in pieces. */
export function envelope({ apiVersion, kind }: TypeMeta, message: readonly Uint8Array[]): readonly Uint8Array[] {
  const writer = protobuf().Writer.create()
  writer.uint32(10).fork().uint32(10).string(apiVersion).uint32(18).string(kind).ldelim()
  writer.uint32(18).uint32(sizeOf(message))
  return [magic, writer.finish(), ...message, tail]
}

const sizeOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, chunk) => sum + chunk.length, 0)

/** An object of a kind, in its envelope. */
export const encodeProtobuf = (kind: AnyKind, object: object): Uint8Array =>
  joined(envelope(kind, [encodeMessage(kind.schema, object)]))

/** The same for what is no kind, as Status and DeleteOptions. */
export const encodeProtobufAs = (type: TypeMeta, schema: AnySchema, object: object): Uint8Array =>
  joined(envelope(type, [encodeMessage(schema, object)]))

const joined = (chunks: readonly Uint8Array[]): Uint8Array => Buffer.concat(chunks)

/** A list: `items` are messages without envelopes, as `encodeMessage` makes them. */
export function protobufList(type: TypeMeta, metadata: ListMeta, items: readonly Uint8Array[]): readonly Uint8Array[] {
  const writer = protobuf().Writer.create()
  const chunks = [writer.uint32(10).bytes(encodeMessage(ListMeta, metadata)).finish()]
  for (const item of items) chunks.push(protobuf().Writer.create().uint32(18).uint32(item.length).finish(), item)
  return envelope(type, chunks)
}

/** A frame of a watch: its length in four bytes, and a WatchEvent that holds an enveloped object. */
export function protobufWatchFrame(type: string, object: readonly Uint8Array[]): readonly Uint8Array[] {
  const rawSize = sizeOf(object)
  const raw = protobuf().Writer.create().uint32(10).uint32(rawSize).finish()
  const head = protobuf()
    .Writer.create()
    .uint32(10)
    .string(type)
    .uint32(18)
    .uint32(raw.length + rawSize)
    .finish()
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length + raw.length + rawSize)
  return [length, head, raw, ...object]
}

export interface Envelope extends TypeMeta {
  readonly raw: Uint8Array
}

/** Throws a ProtobufError. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length < magic.length || !magic.every((byte, i) => bytes[i] === byte)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  try {
    const reader = protobuf().Reader.create(bytes)
    reader.pos = magic.length
    let type: TypeMeta = { apiVersion: '', kind: '' }
    let raw: Uint8Array = new Uint8Array(0)
    while (reader.pos < reader.len) {
      const key = reader.uint32()
      if (key === 10) type = readTypeMeta(reader.bytes())
      else if (key === 18) raw = reader.bytes()
      else reader.skipType(key & 7)
    }
    return { ...type, raw }
  } catch (error) {
    if (error instanceof ProtobufError) throw error
    throw new ProtobufError('unexpected EOF')
  }
}

function readTypeMeta(bytes: Uint8Array): TypeMeta {
  const reader = protobuf().Reader.create(bytes)
  let apiVersion = ''
  let kind = ''
  while (reader.pos < reader.len) {
    const key = reader.uint32()
    if (key === 10) apiVersion = reader.string()
    else if (key === 18) kind = reader.string()
    else reader.skipType(key & 7)
  }
  return { apiVersion, kind }
}

/** An enveloped object as JSON would hold it. Throws a ProtobufError. */
export function decodeProtobuf(schema: AnySchema, bytes: Uint8Array): Record<string, unknown> {
  const { apiVersion, kind, raw } = readEnvelope(bytes)
  return { apiVersion, kind, ...decodeMessage(schema, raw) }
}

/** The frames of a watch in a stream of bytes; what is left of an unfinished one comes back as `rest`. */
export function readWatchFrames(bytes: Uint8Array): {
  events: { type: string; object: Uint8Array }[]
  rest: Uint8Array
} {
  const events: { type: string; object: Uint8Array }[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at + 4 <= bytes.length) {
    const end = at + 4 + view.getUint32(at)
    if (end > bytes.length) break
    events.push(readWatchEvent(bytes.subarray(at + 4, end)))
    at = end
  }
  return { events, rest: bytes.subarray(at) }
}

function readWatchEvent(bytes: Uint8Array): { type: string; object: Uint8Array } {
  const fields = (from: Uint8Array): Map<number, Uint8Array> => {
    const reader = protobuf().Reader.create(from)
    const out = new Map<number, Uint8Array>()
    while (reader.pos < reader.len) {
      const key = reader.uint32()
      if ((key & 7) === 2) out.set(key >>> 3, reader.bytes())
      else reader.skipType(key & 7)
    }
    return out
  }
  const event = fields(bytes)
  const none = new Uint8Array(0)
  return { type: Buffer.from(event.get(1) ?? none).toString(), object: fields(event.get(2) ?? none).get(1) ?? none }
}
