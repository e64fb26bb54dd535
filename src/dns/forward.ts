// Questions that are not the cluster's go to upstream resolvers, byte for byte with an id of our own, and their
// answers are kept for as long as they say. The number of questions under way and of answers kept is bounded;
// the same question under way twice is asked once.

import { createSocket } from 'node:dgram'
import { connect, isIP } from 'node:net'
import type { Clock } from '#lib/clock.ts'
import { Lru } from '#lib/lru.ts'
import { type Random, randomInt } from '#lib/random.ts'
import { within } from '#lib/within.ts'
import {
  isAnswerTo,
  isTruncated,
  type Lifetime,
  type Query,
  rcodeOf,
  rcodes,
  readdress,
  readLifetime,
} from './message.ts'
import { parseUpstream, type Upstream } from './upstreams.ts'

export interface ForwardOptions {
  /** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`, in the order in which they are asked. */
  readonly upstreams: readonly string[]
  readonly clock: Clock
  readonly random: Random
  /** Given to one upstream before the next is asked. */
  readonly timeoutMs?: number
  readonly maxUnderWay?: number
  readonly maxKept?: number
}

interface Kept {
  readonly bytes: Buffer
  readonly lifetime: Lifetime
  readonly sinceMs: number
}

export type Transport = 'udp' | 'tcp'

/** Longer is not believed: an upstream's mistake should not stay for a day. */
const longestSeconds = 3600
const longestNegativeSeconds = 30

export class Forwarder {
  readonly #options: ForwardOptions
  readonly #upstreams: readonly Upstream[]
  readonly #kept: Lru<string, Kept>
  readonly #underWay = new Map<string, Promise<Buffer | undefined>>()
  /** Asked first: the last that answered. */
  #preferred = 0
  readonly counts = { asked: 0, fromCache: 0, failed: 0, refused: 0 }

  constructor(options: ForwardOptions) {
    this.#options = options
    this.#upstreams = options.upstreams.map(parseUpstream)
    this.#kept = new Lru({ maxEntries: options.maxKept ?? 10_000 })
  }

  /** `busy` when too much is under way; undefined when no upstream has answered. */
  async ask(query: Query, transport: Transport, signal: AbortSignal): Promise<Buffer | 'busy' | undefined> {
    const key = [query.name.toLowerCase(), query.type, query.class, query.edns, query.dnssec, query.flags].join(' ')
    const kept = this.#keptFor(key, query)
    if (kept !== undefined) {
      this.counts.fromCache++
      return kept
    }
    const way = `${key} ${transport}`
    let pending = this.#underWay.get(way)
    if (pending === undefined) {
      if (this.#underWay.size >= (this.#options.maxUnderWay ?? 1000)) {
        this.counts.refused++
        return 'busy'
      }
      pending = this.#askAll(query, transport, signal).finally(() => this.#underWay.delete(way))
      this.#underWay.set(way, pending)
    }
    const answer = await pending
    if (answer === undefined) return undefined
    this.#keep(key, answer)
    return readdress(answer, query, [], 0)
  }

  #keptFor(key: string, query: Query): Buffer | undefined {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    const agedSeconds = Math.floor((this.#options.clock.monotonic() - kept.sinceMs) / 1000)
    if (agedSeconds < kept.lifetime.seconds) return readdress(kept.bytes, query, kept.lifetime.offsets, agedSeconds)
    this.#kept.delete(key)
    return undefined
  }

  #keep(key: string, bytes: Buffer): void {
    const rcode = rcodeOf(bytes)
    if (isTruncated(bytes) || (rcode !== rcodes.NOERROR && rcode !== rcodes.NXDOMAIN)) return
    const lifetime = readLifetime(bytes)
    if (lifetime === undefined) return
    const isNegative = rcode === rcodes.NXDOMAIN || bytes.readUInt16BE(6) === 0
    const seconds = Math.min(lifetime.seconds, isNegative ? longestNegativeSeconds : longestSeconds)
    if (seconds > 0)
      this.#kept.set(key, { bytes, lifetime: { ...lifetime, seconds }, sinceMs: this.#options.clock.monotonic() })
  }

  async #askAll(query: Query, transport: Transport, signal: AbortSignal): Promise<Buffer | undefined> {
    const count = this.#upstreams.length
    const start = this.#preferred
    let unwilling: Buffer | undefined
    for (let i = 0; i < count && !signal.aborted; i++) {
      const index = (start + i) % count
      this.counts.asked++
      const answer = await this.#askOne(this.#upstreams[index]!, query, transport, signal)
      if (answer === undefined) continue
      // An upstream that cannot help is not the last word while there are others.
      if (rcodeOf(answer) === rcodes.SERVFAIL || rcodeOf(answer) === rcodes.REFUSED) {
        unwilling = answer
        continue
      }
      this.#preferred = index
      return answer
    }
    this.counts.failed++
    return unwilling
  }

  #askOne(upstream: Upstream, query: Query, transport: Transport, signal: AbortSignal): Promise<Buffer | undefined> {
    const id = randomInt(this.#options.random, 0x1_0000)
    const bytes = Buffer.from(query.bytes)
    bytes.writeUInt16BE(id, 0)
    const isAnswer = (answer: Buffer) => isAnswerTo(answer, id, query)
    // Who asks by TCP can take it all.
    const ask = transport === 'udp' ? askUdp : askTcp
    const { clock, timeoutMs: limitMs = 2000 } = this.#options
    const late = () => new Error('The upstream has not answered in time')
    return within({ clock, limitMs, late, signal }, (limited) => ask(upstream, bytes, isAnswer, limited))
  }
}

type Ask = (
  upstream: Upstream,
  bytes: Buffer,
  isAnswer: (answer: Buffer) => boolean,
  signal: AbortSignal,
) => Promise<Buffer | undefined>

/** A socket for each question: its port is as hard to guess as the id. */
const askUdp: Ask = ({ address, port }, bytes, isAnswer, signal) =>
  new Promise((resolve) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
    const end = (answer?: Buffer) => {
      signal.removeEventListener('abort', give)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.close()
      resolve(answer)
    }
    const give = () => end()
    socket.on('error', give)
    socket.on('message', (message) => {
      if (isAnswer(message)) end(message)
    })
    signal.addEventListener('abort', give, { once: true })
    if (signal.aborted) return end()
    // Connected, so that the kernel drops what others send, and tells of a port where nobody listens.
    socket.connect(port, address, () => socket.send(bytes, (error) => error && end()))
  })

const askTcp: Ask = ({ address, port }, bytes, isAnswer, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port })
    let received = Buffer.alloc(0)
    const end = (answer?: Buffer) => {
      signal.removeEventListener('abort', give)
      socket.destroy()
      resolve(answer)
    }
    const give = () => end()
    socket.on('error', give)
    socket.on('close', give)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2) return
      const length = received.readUInt16BE(0)
      if (received.length < 2 + length) return
      const answer = received.subarray(2, 2 + length)
      end(isAnswer(answer) ? answer : undefined)
    })
    signal.addEventListener('abort', give, { once: true })
    if (signal.aborted) return end()
    socket.write(withLength(bytes))
  })

/** Over TCP each message stands behind its length. */
export function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}
