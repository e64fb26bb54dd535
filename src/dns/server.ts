// The DNS server of a node: answers for the cluster's zone out of the informers, passes the rest on to upstream
// resolvers. By UDP and TCP, on each address given. Whatever is sent to it, it goes on.

import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, isIPv6, type Server, type Socket } from 'node:net'
import type { Informers } from '#client/informer.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import { type Random, randomInt, systemRandom } from '#lib/random.ts'
import { answer, type Names, type ResourceRecord } from './answer.ts'
import { Forwarder, type Transport, withLength } from './forward.ts'
import {
  cutToQuestion,
  type Query,
  type Rcode,
  rcodeOf,
  readAnswers,
  readQuery,
  writeAnswer,
  writeQuery,
  writeUnreadable,
} from './message.ts'
import { ClusterNames } from './records.ts'

export interface DnsOptions {
  readonly informers: Informers
  readonly clock: Clock
  readonly random?: Random
  readonly log: Log
  /** Each is bound by itself, so that answers come from the address that was asked. */
  readonly addresses: readonly string[]
  /** 53 unless given; 0 takes a free one. */
  readonly port?: number
  /** `cluster.local` unless given. */
  readonly zone?: string
  readonly upstreams: readonly string[]
  readonly upstreamTimeoutMs?: number
}

export interface DnsCounts {
  readonly queries: number
  readonly cluster: number
  readonly forwarded: number
  readonly fromCache: number
  readonly failed: number
  readonly refused: number
  readonly unreadable: number
}

export interface Dns {
  /** Where it listens, in the order of the addresses given. */
  readonly ports: readonly number[]
  /** Resolves once the cluster's names are known. */
  readonly synced: Promise<void>
  counts(): DnsCounts
  stop(): Promise<void>
}

/** Resolves when it listens; rejects when an address cannot be had. */
export async function startDns(options: DnsOptions): Promise<Dns> {
  const names = new ClusterNames(options.informers)
  const server = new DnsServer(options, names, () => names.isSynced)
  try {
    await server.listen()
  } catch (error) {
    await server.stop()
    throw error
  }
  return { ports: server.ports, synced: names.synced, counts: () => server.counts(), stop: () => server.stop() }
}

const maxTcpConnections = 256
const tcpIdleMs = 10_000
const maxTcpBytes = 0xffff
/** An alias of an alias of an alias: more is a circle. */
const maxAliases = 8

export class DnsServer {
  readonly #options: DnsOptions
  readonly #names: Names
  readonly #isReady: () => boolean
  readonly #forwarder: Forwarder
  readonly #random: Random
  readonly #zone: string
  readonly #udp: UdpSocket[] = []
  readonly #tcp: Server[] = []
  readonly #connections = new Set<Socket>()
  readonly #control = new AbortController()
  readonly #counts = { queries: 0, cluster: 0, unreadable: 0 }
  readonly ports: number[] = []

  constructor(options: DnsOptions, names: Names, isReady: () => boolean) {
    this.#options = options
    this.#names = names
    this.#isReady = isReady
    this.#random = options.random ?? systemRandom
    this.#zone = (options.zone ?? 'cluster.local').toLowerCase().replace(/\.$/, '')
    this.#forwarder = new Forwarder({
      // An upstream that is this server itself would ask in a circle.
      upstreams: options.upstreams.filter((upstream) => !options.addresses.includes(upstream)),
      clock: options.clock,
      random: this.#random,
      ...(options.upstreamTimeoutMs === undefined ? {} : { timeoutMs: options.upstreamTimeoutMs }),
    })
  }

  async listen(): Promise<void> {
    const { addresses, port = 53, log } = this.#options
    for (const address of addresses) {
      // TCP first: with port 0 it finds one, and UDP follows.
      const tcp = createServer((socket) => this.#serve(socket))
      this.#tcp.push(tcp)
      tcp.maxConnections = maxTcpConnections
      tcp.listen(port, address)
      await once(tcp, 'listening')
      tcp.on('error', (error) => log.warn('DNS server cannot take connections', { error }))
      const bound = tcp.address() as { readonly port: number }
      const udp = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
      this.#udp.push(udp)
      udp.bind(bound.port, address)
      await once(udp, 'listening')
      udp.on('error', (error) => log.warn('DNS server cannot receive', { error }))
      udp.on('message', (message, from) => void this.#receive(udp, message, from))
      this.ports.push(bound.port)
    }
  }

  counts(): DnsCounts {
    const { asked, fromCache, failed, refused } = this.#forwarder.counts
    return { ...this.#counts, forwarded: asked, fromCache, failed, refused }
  }

  async stop(): Promise<void> {
    this.#control.abort()
    for (const socket of this.#connections) socket.destroy()
    // A socket that never came to listen cannot be closed.
    for (const udp of this.#udp.splice(0))
      await new Promise<void>((resolve) => closed(() => udp.close(resolve), resolve))
    for (const tcp of this.#tcp.splice(0)) await new Promise<void>((resolve) => void tcp.close(() => resolve()))
  }

  async #receive(udp: UdpSocket, message: Buffer, from: RemoteInfo): Promise<void> {
    const reply = await this.respond(message, 'udp')
    if (reply === undefined || this.#control.signal.aborted) return
    // A client that is gone is its own business.
    udp.send(reply, from.port, from.address, () => {})
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket)
    let received = Buffer.alloc(0)
    // One after the other: a client that asks faster than it is answered waits in the socket.
    let turn = Promise.resolve()
    let idle = this.#options.clock.after(tcpIdleMs, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      idle.cancel()
      this.#connections.delete(socket)
    })
    socket.on('data', (chunk: Buffer) => {
      idle.cancel()
      idle = this.#options.clock.after(tcpIdleMs, () => socket.destroy())
      received = Buffer.concat([received, chunk])
      socket.pause()
      turn = turn.then(async () => {
        while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
          const end = 2 + received.readUInt16BE(0)
          const message = Buffer.from(received.subarray(2, end))
          received = received.subarray(end)
          const reply = await this.respond(message, 'tcp')
          if (reply !== undefined && !socket.destroyed) socket.write(withLength(reply))
        }
        if (!socket.destroyed) socket.resume()
      })
    })
  }

  /** The reply to a message; undefined where none is due. Never throws. */
  async respond(message: Buffer, transport: Transport): Promise<Buffer | undefined> {
    this.#counts.queries++
    const query = readQuery(message)
    if (query === undefined) return undefined
    if ('unreadable' in query) {
      this.#counts.unreadable++
      return writeUnreadable(query.id)
    }
    const maxBytes = transport === 'udp' ? query.maxBytes : maxTcpBytes
    const fail = (rcode: Rcode) => writeAnswer(query, rcode, {}, { authoritative: false, maxBytes })
    try {
      if (query.opcode !== 'QUERY') return fail('NOTIMP')
      if (query.class !== 'IN') return fail('REFUSED')
      const own = await this.#answerOwn(query, transport, maxBytes)
      if (own !== undefined) return own
      const forwarded = await this.#forwarder.ask(query, transport, this.#control.signal)
      if (forwarded === 'busy') return fail('REFUSED')
      if (forwarded === undefined) return fail('SERVFAIL')
      return forwarded.length > maxBytes ? cutToQuestion(forwarded, query) : forwarded
    } catch (error) {
      this.#options.log.warn('DNS query cannot be answered', { name: query.name, error: errorText(error) })
      return fail('SERVFAIL')
    }
  }

  /** Undefined for what is not the cluster's. */
  async #answerOwn(query: Query, transport: Transport, maxBytes: number): Promise<Buffer | undefined> {
    if (!this.#isReady()) {
      // A name that is not there yet must not be taken for one that does not exist.
      const isOurs = query.name.toLowerCase().endsWith(this.#zone)
      return isOurs ? writeAnswer(query, 'SERVFAIL', {}, { authoritative: false, maxBytes }) : undefined
    }
    const found = answer(query, this.#names, this.#zone)
    if (found === undefined) return undefined
    this.#counts.cluster++
    let { rcode, answers } = found as { rcode: Rcode; answers: readonly ResourceRecord[] }
    if (found.alias !== undefined) {
      const behind = await this.#follow(found.alias, query, transport)
      rcode = behind.rcode
      answers = [...answers, ...behind.answers]
    }
    const sections = { ...found, answers: this.#shuffled(answers) }
    return writeAnswer(query, rcode, sections, { authoritative: true, maxBytes })
  }

  /** What an alias leads to, here or upstream: a pod's resolver does not follow it by itself. */
  async #follow(
    alias: string,
    query: Query,
    transport: Transport,
  ): Promise<{ readonly rcode: Rcode; readonly answers: readonly ResourceRecord[] }> {
    const collected: ResourceRecord[] = []
    let next: string | undefined = alias
    for (let i = 0; i < maxAliases && next !== undefined; i++) {
      const local = answer({ name: next, type: query.type }, this.#names, this.#zone)
      if (local === undefined) {
        const own = readQuery(writeQuery(randomInt(this.#random, 0x1_0000), next, query.type))
        if (own === undefined || 'unreadable' in own) return { rcode: 'SERVFAIL', answers: collected }
        const forwarded = await this.#forwarder.ask(own, transport, this.#control.signal)
        if (forwarded === undefined || forwarded === 'busy') return { rcode: 'SERVFAIL', answers: collected }
        const rcode = (['NOERROR', 'NXDOMAIN'] as const)[rcodeOf(forwarded) === 3 ? 1 : 0]!
        return { rcode, answers: [...collected, ...readAnswers(forwarded)] }
      }
      collected.push(...local.answers)
      if (local.rcode !== 'NOERROR') return { rcode: local.rcode, answers: collected }
      next = local.alias
    }
    return { rcode: 'NOERROR', answers: collected }
  }

  /** Clients take the first address: another one each time spreads them. Aliases stay before what they lead to. */
  #shuffled(records: readonly ResourceRecord[]): readonly ResourceRecord[] {
    const isAddress = ({ type }: ResourceRecord) => type === 'A' || type === 'AAAA'
    const addresses = records.filter(isAddress)
    if (addresses.length < 2) return records
    const first = randomInt(this.#random, addresses.length)
    return [...records.filter((record) => !isAddress(record)), ...addresses.slice(first), ...addresses.slice(0, first)]
  }
}

function closed(close: () => void, otherwise: () => void): void {
  try {
    close()
  } catch {
    otherwise()
  }
}
