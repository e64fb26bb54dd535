// Objects as protobuf messages, with upstream's field numbers, read from the schema: `kubectl` does not ask for this,
// but kubelets, controllers and operators written in Go do. A codec is compiled once per type. What comes out of
// decoding is what JSON would hold; it still goes through decode.ts, which puts it into canonical form.

import type { Reader, Writer } from 'protobufjs/minimal.js'
import { put } from '#lib/json.ts'
import { protobuf } from '#lib/libraries.ts'
import { type Codec, ProtobufError, readScalar, scalarCodecs, type WireType, zeroOf } from './protobuf-scalar.ts'
import { type AnySchema, type Either, type Message, type Presence, resolved, type ScalarName } from './schema.ts'

export { ProtobufError } from './protobuf-scalar.ts'

/** The bytes of the message alone, without an envelope. */
export function encodeMessage(schema: AnySchema, object: object): Uint8Array {
  const writer = protobuf().Writer.create()
  messageCodec(schema).write(writer, object as Record<string, unknown>)
  return writer.finish()
}

/** Throws a ProtobufError for bytes that are no message of this type. */
export function decodeMessage(schema: AnySchema, bytes: Uint8Array): Record<string, unknown> {
  try {
    const reader = protobuf().Reader.create(bytes)
    return messageCodec(schema).read(reader, reader.len, 0)
  } catch (error) {
    throw readError(error)
  }
}

/** What the reader throws is a RangeError where the bytes end too early, and a plain Error where they make no sense. */
function readError(error: unknown): unknown {
  if (error instanceof RangeError) return new ProtobufError('unexpected EOF')
  return error instanceof Error && error.constructor === Error ? new ProtobufError(`proto: ${error.message}`) : error
}

/** One field of a message, as it stands on the wire. */
interface FieldCodec {
  readonly name: string
  readonly tag: number
  readonly presence: Presence
  readonly write: (writer: Writer, value: unknown) => void
  /** Adds what was read to what the field holds already. */
  readonly read: (reader: Reader, wire: WireType, before: unknown, depth: number) => unknown
  readonly zero: unknown
}

type Part = FieldCodec | Embedded

/** Fields that stand in a message of their own on the wire, though flat in JSON. */
interface Embedded {
  readonly tag: number
  readonly byTag: Map<number, Part>
}

const codecs = new WeakMap<Message, MessageCodec>()

function messageCodec(schema: AnySchema): MessageCodec {
  const shape = resolved(schema)
  if (shape.type !== 'message') throw new TypeError('only messages have protobuf bytes of their own')
  let codec = codecs.get(shape)
  if (codec === undefined) {
    codec = new MessageCodec(shape)
    codecs.set(shape, codec)
  }
  return codec
}

/** Deeper than any type of the API is nested, and than any stack is short. */
const maxDepth = 200

class MessageCodec {
  readonly #shape: Message
  /** In the order of their numbers. Compiled at first use: a type may contain itself. */
  #parts: readonly Part[] | undefined
  readonly #byTag = new Map<number, Part>()

  constructor(shape: Message) {
    this.#shape = shape
  }

  #compiled(): readonly Part[] {
    if (this.#parts) return this.#parts
    for (const [name, { schema, tag, embeddedAt = [] }] of Object.entries(this.#shape.fields)) {
      // apiVersion and kind stand in the envelope.
      if (tag === 0) continue
      let level = this.#byTag
      for (const at of embeddedAt) {
        const embedded = (level.get(at) as Embedded) ?? { tag: at, byTag: new Map() }
        level.set(at, embedded)
        level = embedded.byTag
      }
      level.set(tag, fieldCodec(name, tag, schema))
    }
    this.#parts = [...this.#byTag.values()].sort((a, b) => a.tag - b.tag)
    return this.#parts
  }

  write(writer: Writer, object: Record<string, unknown>): void {
    const parts = this.#parts ?? this.#compiled()
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as Part
      if ('byTag' in part) writeEmbedded(writer, part, object)
      else {
        const value = object[part.name]
        if (value !== undefined && value !== null) part.write(writer, value)
      }
    }
  }

  read(reader: Reader, end: number, depth: number, out: Record<string, unknown> = {}): Record<string, unknown> {
    if (this.#parts === undefined) this.#compiled()
    if (depth > maxDepth) throw new ProtobufError('proto: exceeded max recursion depth')
    readParts(reader, end, this.#byTag, out, depth)
    return out
  }
}

function readParts(
  reader: Reader,
  end: number,
  byTag: ReadonlyMap<number, Part>,
  out: Record<string, unknown>,
  depth: number,
): void {
  readFields(reader, end, (tag, wire) => {
    const part = byTag.get(tag)
    if (part === undefined) return false
    if ('byTag' in part) {
      expectWire(wire, 2, tag)
      readParts(reader, readEnd(reader), part.byTag, out, depth)
    } else readField(reader, part, wire, out, depth)
    return true
  })
}

const holds = (part: Part, object: Record<string, unknown>): boolean =>
  'byTag' in part
    ? [...part.byTag.values()].some((inner) => holds(inner, object))
    : object[part.name] !== undefined && object[part.name] !== null

function writeEmbedded(writer: Writer, embedded: Embedded, object: Record<string, unknown>): void {
  if (!holds(embedded, object)) return
  writer.uint32(keyOf(embedded.tag, 2)).fork()
  for (const part of embedded.byTag.values()) {
    if ('byTag' in part) writeEmbedded(writer, part, object)
    else if (holds(part, object)) part.write(writer, object[part.name])
  }
  writer.ldelim()
}

function readField(
  reader: Reader,
  field: FieldCodec,
  wire: WireType,
  out: Record<string, unknown>,
  depth: number,
): void {
  const value = field.read(reader, wire, out[field.name], depth)
  // Go writes zeros where JSON has nothing.
  if (value === undefined || (field.presence === 'omitempty' && value === field.zero)) delete out[field.name]
  else out[field.name] = value
}

const keyOf = (tag: number, wire: WireType): number => ((tag << 3) | wire) >>> 0

function expectWire(wire: number, wanted: WireType, tag: number): void {
  if (wire !== wanted) throw new ProtobufError(`proto: wrong wireType = ${wire} for field ${tag}`)
}

/** Where the length-delimited value ends that begins here. */
function readEnd(reader: Reader): number {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > reader.len) throw new ProtobufError('unexpected EOF')
  return end
}

/** Calls `read` at each field's value; what it does not know (`false`) is passed over. */
function readFields(reader: Reader, end: number, read: (tag: number, wire: WireType) => boolean): void {
  while (reader.pos < end) {
    const key = reader.uint32()
    const tag = key >>> 3
    const wire = (key & 7) as WireType
    if (tag === 0) throw new ProtobufError(`proto: illegal tag ${tag} (wire type ${wire})`)
    if (wire === 4 || wire > 5) throw new ProtobufError(`proto: illegal wireType ${wire}`)
    if (!read(tag, wire)) skip(reader, wire)
  }
  if (reader.pos !== end) throw new ProtobufError('unexpected EOF')
}

function skip(reader: Reader, wire: WireType): void {
  try {
    reader.skipType(wire)
  } catch (error) {
    if (error instanceof RangeError) throw error
    throw new ProtobufError(`proto: illegal wireType ${wire}`)
  }
}

function fieldCodec(name: string, tag: number, schema: AnySchema): FieldCodec {
  const { presence } = schema
  const shape = resolved(schema)
  if (shape.type === 'list') return listField(name, tag, presence, valueCodec(shape.of))
  if (shape.type === 'map') return mapField(name, tag, presence, valueCodec(shape.of))
  const value = valueCodec(schema)
  const key = keyOf(tag, value.wire)
  return {
    name,
    tag,
    presence,
    zero: isPlain(shape.type) ? zeroOf(shape.type) : undefined,
    write(writer, given) {
      value.write(writer.uint32(key), given)
    },
    read(reader, wire, _before, depth) {
      expectWire(wire, value.wire, tag)
      return value.read(reader, depth)
    },
  }
}

/** Other values are structs in Go, which `omitempty` never leaves out. */
const isPlain = (type: string): type is ScalarName =>
  type in scalarCodecs && type !== 'quantity' && type !== 'intOrString' && type !== 'any'

function listField(name: string, tag: number, presence: Presence, item: Codec): FieldCodec {
  const key = keyOf(tag, item.wire)
  return {
    name,
    tag,
    presence,
    zero: undefined,
    write(writer, items) {
      for (const value of items as readonly unknown[]) item.write(writer.uint32(key), value)
    },
    read(reader, wire, before, depth) {
      const out = (before as unknown[] | undefined) ?? []
      if (wire === 2 && item.wire !== 2) {
        // Packed: the numbers stand one behind the other.
        const end = readEnd(reader)
        while (reader.pos < end) out.push(item.read(reader, depth))
        if (reader.pos !== end) throw new ProtobufError('unexpected EOF')
      } else {
        expectWire(wire, item.wire, tag)
        out.push(item.read(reader, depth) ?? null)
      }
      return out
    },
  }
}

function mapField(name: string, tag: number, presence: Presence, item: Codec): FieldCodec {
  const key = keyOf(tag, 2)
  const valueKey = keyOf(2, item.wire)
  return {
    name,
    tag,
    presence,
    zero: undefined,
    write(writer, map) {
      for (const entry in map as object) {
        writer.uint32(key).fork().uint32(10).string(entry).uint32(valueKey)
        item.write(writer, (map as Record<string, unknown>)[entry])
        writer.ldelim()
      }
    },
    read(reader, wire, before, depth) {
      expectWire(wire, 2, tag)
      const out = (before as Record<string, unknown> | undefined) ?? {}
      let entry = ''
      let value: unknown
      readFields(reader, readEnd(reader), (inner, innerWire) => {
        if (inner > 2) return false
        expectWire(innerWire, inner === 1 ? 2 : item.wire, inner)
        if (inner === 1) entry = reader.string()
        else value = item.read(reader, depth)
        return true
      })
      put(out, entry, value ?? item.zero())
      return out
    },
  }
}

/** A value without its key: a scalar, a message, or a list where only a message may stand. */
function valueCodec(schema: AnySchema): Codec {
  const shape = resolved(schema)
  switch (shape.type) {
    case 'message': {
      const codec = messageCodec(schema)
      return {
        wire: 2,
        zero: () => ({}),
        write(writer, value) {
          codec.write(writer.fork(), value as Record<string, unknown>)
          writer.ldelim()
        },
        read: (reader, depth) => codec.read(reader, readEnd(reader), depth + 1),
      }
    }
    case 'list':
      return wrappedList(listField('items', 1, 'always', valueCodec(shape.of)))
    case 'map':
      throw new TypeError('a map of maps has no form in protobuf')
    case 'either':
      return eitherCodec(shape)
    default:
      return scalarCodec(shape.type)
  }
}

const jsonForms = ['boolean', 'object', 'array'] as const

/** A message with a field for each form. A schema in place of a boolean says yes as well, as Go writes it. */
function eitherCodec({ forms }: Either): Codec {
  let fields: ReadonlyMap<string, FieldCodec> | undefined
  const compile = () =>
    new Map(
      jsonForms.flatMap((form) => {
        const found = forms[form]
        return found ? [[form, fieldCodec(form, found.tag, found.schema)] as const] : []
      }),
    )
  return {
    wire: 2,
    zero: () => null,
    write(writer, value) {
      if (value === null) return void writer.fork().ldelim()
      fields ??= compile()
      const form = Array.isArray(value) ? 'array' : typeof value
      writer.fork()
      if (form === 'object') fields.get('boolean')?.write(writer, true)
      fields.get(form)?.write(writer, value)
      writer.ldelim()
    },
    read(reader, depth) {
      fields ??= compile()
      const byTag = new Map([...fields.values()].map((field) => [field.tag, field]))
      const out: Record<string, unknown> = {}
      readParts(reader, readEnd(reader), byTag, out, depth + 1)
      return out.object ?? out.array ?? out.boolean
    },
  }
}

/** A list in a map is a message with the items as its only field, as Go's named list types are. */
const wrappedList = (items: FieldCodec): Codec => ({
  wire: 2,
  zero: () => [],
  write(writer, value) {
    items.write(writer.fork(), value)
    writer.ldelim()
  },
  read(reader, depth) {
    const out: unknown[] = []
    readFields(reader, readEnd(reader), (tag, wire) => {
      if (tag === 1) items.read(reader, wire, out, depth)
      return tag === 1
    })
    return out
  },
})

function scalarCodec(type: ScalarName): Codec {
  const { wire, write } = scalarCodecs[type]
  return { wire, write, zero: () => zeroOf(type), read: (reader) => readScalar(type, reader, readFields, readEnd) }
}
