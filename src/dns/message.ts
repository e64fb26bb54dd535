// Messages on the wire: what a query asks, how an answer is written so that it fits, and what can be changed in
// an upstream's answer without reading all of it. Nothing here throws on what a stranger sent.

import packet from 'dns-packet'
import type { ResourceRecord } from './answer.ts'

export interface Query {
  readonly id: number
  readonly name: string
  readonly type: string
  readonly class: string
  readonly opcode: string
  /** RD and CD, which an answer repeats. */
  readonly flags: number
  /** Whether the client knows EDNS: only then may an answer carry it. */
  readonly edns: boolean
  /** How long an answer by UDP may be. */
  readonly maxBytes: number
  readonly dnssec: boolean
  /** Where the question ends. */
  readonly questionEnd: number
  readonly bytes: Buffer
}

export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
export type Rcode = keyof typeof rcodes

export const headerBytes = 12
const plainUdpBytes = 512
/** What passes every usual link without being cut into fragments (DNS flag day 2020). */
const ownUdpBytes = 1232
const longestUdpBytes = 4096
const repeatedFlags = 0x0110
const isResponse = 0x8000

/** Undefined where an answer would be of no use: it is an answer itself, or has not even a header. A query that
 *  cannot be read beyond its header gives its id, to be told so. */
export function readQuery(bytes: Buffer): Query | { readonly id: number; readonly unreadable: true } | undefined {
  if (bytes.length < headerBytes || (bytes.readUInt16BE(2) & isResponse) !== 0) return undefined
  const id = bytes.readUInt16BE(0)
  try {
    const message = packet.decode(bytes)
    const [question] = message.questions
    const questionEnd = skipName(bytes, headerBytes) + 4
    if (message.questions.length !== 1 || question === undefined || questionEnd > bytes.length)
      return { id, unreadable: true }
    const opt = message.additionals.find((record) => record.type === 'OPT') as { udpPayloadSize?: number } | undefined
    return {
      id,
      name: question.name,
      type: question.type,
      class: question.class,
      opcode: message.opcode,
      flags: message.flags & repeatedFlags,
      edns: opt !== undefined,
      maxBytes: Math.min(longestUdpBytes, Math.max(plainUdpBytes, opt?.udpPayloadSize ?? 0)),
      dnssec: opt !== undefined && (opt as { flag_do?: boolean }).flag_do === true,
      questionEnd,
      bytes,
    }
  } catch {
    return { id, unreadable: true }
  }
}

export interface Sections {
  readonly answers?: readonly ResourceRecord[]
  readonly authorities?: readonly ResourceRecord[]
  readonly additionals?: readonly ResourceRecord[]
}

const authoritative = 0x0400
const truncated = 0x0200
const recursionAvailable = 0x0080

/** An answer of at most `maxBytes`: additional records go first, then the answer is cut and marked as such. */
export function writeAnswer(
  query: Query,
  rcode: Rcode,
  sections: Sections,
  options: { readonly authoritative: boolean; readonly maxBytes: number },
): Buffer {
  const { answers = [], authorities = [], additionals = [] } = sections
  const question = query.bytes.subarray(headerBytes, query.questionEnd)
  const opt = query.edns ? [optRecord] : []
  let flags =
    isResponse | query.flags | recursionAvailable | rcodes[rcode] | (options.authoritative ? authoritative : 0)
  let left = options.maxBytes - headerBytes - question.length - lengthOf(opt)
  const take = (records: readonly Buffer[]): readonly Buffer[] => {
    const taken: Buffer[] = []
    for (const record of records) {
      if (record.length > left) break
      left -= record.length
      taken.push(record)
    }
    return taken
  }
  const encode = (record: ResourceRecord) => encodeRecord(record, query.name)
  const first = take(answers.map(encode))
  const second = take(authorities.map(encode))
  const third = take(additionals.map(encode))
  if (first.length < answers.length || second.length < authorities.length) flags |= truncated
  const header = Buffer.alloc(headerBytes)
  for (const [index, value] of [query.id, flags, 1, first.length, second.length, third.length + opt.length].entries())
    header.writeUInt16BE(value, index * 2)
  return Buffer.concat([header, question, ...first, ...second, ...third, ...opt])
}

/** An error for a query of which only the id is known. */
export function writeUnreadable(id: number): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(isResponse | rcodes.FORMERR, 2)
  return header
}

const lengthOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, { length }) => sum + length, 0)

const optRecord = packet.answer.encode({ name: '.', type: 'OPT', udpPayloadSize: ownUdpBytes, flags: 0, options: [] })

/** Points back to the name in the question, which stands right behind the header. */
const sameName = Buffer.from([0xc0, headerBytes])

function encodeRecord(record: ResourceRecord, questionName: string): Buffer {
  if (record.name !== questionName) return packet.answer.encode(record)
  return Buffer.concat([sameName, packet.answer.encode({ ...record, name: '.' }).subarray(1)])
}

/** A question to an upstream of our own making. */
export const writeQuery = (id: number, name: string, type: string): Buffer =>
  packet.encode({ type: 'query', id, flags: 0x0100, questions: [{ name, type, class: 'IN' }] })

/** Records of an upstream's answer that can be passed on in an answer of ours. */
export function readAnswers(bytes: Buffer): readonly ResourceRecord[] {
  try {
    const kept = ['A', 'AAAA', 'CNAME']
    return packet.decode(bytes).answers.filter(({ type }) => kept.includes(type)) as readonly ResourceRecord[]
  } catch {
    return []
  }
}

export interface Lifetime {
  /** The shortest of all records, and of the SOA's minimum where there is no answer. */
  readonly seconds: number
  /** Where the records' times stand. */
  readonly offsets: readonly number[]
}

const soaType = 6
const optType = 41

/** How long an upstream's answer may be kept; undefined where it cannot be read to its end. */
export function readLifetime(bytes: Buffer): Lifetime | undefined {
  try {
    let at = skipName(bytes, headerBytes) + 4
    const answers = bytes.readUInt16BE(6)
    const count = answers + bytes.readUInt16BE(8) + bytes.readUInt16BE(10)
    const offsets: number[] = []
    let seconds = Number.POSITIVE_INFINITY
    for (let i = 0; i < count; i++) {
      at = skipName(bytes, at)
      const type = bytes.readUInt16BE(at)
      const length = bytes.readUInt16BE(at + 8)
      if (type !== optType) {
        seconds = Math.min(seconds, bytes.readUInt32BE(at + 4))
        offsets.push(at + 4)
      }
      if (type === soaType && answers === 0) seconds = Math.min(seconds, bytes.readUInt32BE(at + 10 + length - 4))
      at += 10 + length
    }
    return at <= bytes.length && Number.isFinite(seconds) ? { seconds, offsets } : undefined
  } catch {
    return undefined
  }
}

/** A kept answer for a new query: its id, its spelling of the name, and times that have become shorter. */
export function readdress(answer: Buffer, query: Query, offsets: readonly number[], agedSeconds: number): Buffer {
  const copy = Buffer.from(answer)
  query.bytes.copy(copy, headerBytes, headerBytes, query.questionEnd)
  for (const offset of offsets) copy.writeUInt32BE(Math.max(0, copy.readUInt32BE(offset) - agedSeconds), offset)
  copy.writeUInt16BE(query.id, 0)
  return copy
}

export const isTruncated = (answer: Buffer): boolean => (answer.readUInt16BE(2) & truncated) !== 0

/** Only the question is left, and the mark that there is more by TCP. */
export function cutToQuestion(answer: Buffer, query: Query): Buffer {
  const cut = Buffer.from(answer.subarray(0, query.questionEnd))
  cut.writeUInt16BE(cut.readUInt16BE(2) | truncated, 2)
  for (const at of [6, 8, 10]) cut.writeUInt16BE(0, at)
  return cut
}

/** Whether this is an answer to what was asked: anybody can send a packet to a port. */
export function isAnswerTo(answer: Buffer, id: number, query: Query): boolean {
  if (answer.length < query.questionEnd || answer.readUInt16BE(0) !== id) return false
  if ((answer.readUInt16BE(2) & isResponse) === 0 || answer.readUInt16BE(4) !== 1) return false
  const lower = (bytes: Buffer) => bytes.toString('latin1', headerBytes, query.questionEnd).toLowerCase()
  return lower(answer) === lower(query.bytes)
}

export const rcodeOf = (answer: Buffer): number => answer.readUInt16BE(2) & 0x0f

/** Where a name ends. Throws when it runs over the end. */
function skipName(bytes: Buffer, start: number): number {
  let at = start
  for (;;) {
    const length = bytes.readUInt8(at)
    if (length === 0) return at + 1
    if ((length & 0xc0) === 0xc0) return at + 2
    at += 1 + length
  }
}
