// One extension API server, as a client has it: connections to a ready endpoint of its Service, TLS with the front
// proxy's certificate, HTTP/1.1, and the headers that say for whom is asked.
//
// Assumes that who asks has been authenticated. Guarantees: a connection is used for every user in turn, so that what
// is sent never holds a credential of theirs; each request ends with its signal, each handshake within ten seconds.

import type { IncomingMessage } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { type Duplex, PassThrough } from 'node:stream'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import type { Clock } from '#lib/clock.ts'
import type { KeyPair } from '#lib/pki.ts'
import { readAll } from '#lib/read-all.ts'
import { askUpgrade, type Upgraded } from '#lib/relay.ts'
import { mayBeStale, onLiveConnection, StaleConnection } from '#lib/stale-connection.ts'
import { within } from '#lib/within.ts'
import type { DialService, ServicePort } from '../connect/service-dial.ts'
import type { UserInfo } from '../request.ts'
import { reason } from '../webhook/client.ts'

/** As upstream's for a TLS handshake. */
const connectMs = 10_000
/** Of one server, watches included; more are refused. */
const mostOpen = 2000
const idleConnections = 8
/** As upstream's. */
const idleMs = 90_000
const longestDocumentBytes = 32 * 1024 * 1024

export interface BackendOptions {
  readonly service: ServicePort
  /** Undefined: the authorities that the system trusts. */
  readonly authorityPem: string | undefined
  readonly insecure: boolean
  /** The front proxy's. */
  readonly credentials: KeyPair
  readonly dialService: DialService
  readonly clock: Clock
}

export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>

export interface BackendRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: RequestHeaders
  readonly body?: Uint8Array | undefined
  readonly signal: AbortSignal
}

export interface Fetched {
  readonly status: number
  readonly bytes: Buffer
  readonly etag: string | undefined
}

/** Could not be reached, or broke off: in the words of upstream's client. */
export class BackendError extends Error {
  /** The connection was there; the server's certificate is not one that is trusted. */
  readonly untrusted: boolean
  constructor(text: string, cause: unknown, untrusted = false) {
    super(text, { cause })
    this.name = 'BackendError'
    this.untrusted = untrusted
  }
}

const isToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/

/** A key of `extra` as part of a header's name: what cannot stand there, and `%`, is percent-encoded. */
export const escapeHeaderKey = (key: string): string =>
  [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      if (character !== '%' && isToken.test(character)) return character
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')

/** Names may be in any script: their bytes are sent as they are, as upstream does. */
const asHeader = (value: string): string => Buffer.from(value).toString('latin1')

export function userHeaders({ name, uid, groups, extra = {} }: UserInfo): RequestHeaders {
  return {
    'X-Remote-User': asHeader(name),
    ...(uid ? { 'X-Remote-Uid': asHeader(uid) } : {}),
    ...(groups.length > 0 ? { 'X-Remote-Group': groups.map(asHeader) } : {}),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [`X-Remote-Extra-${escapeHeaderKey(key)}`, values.map(asHeader)]),
    ),
  }
}

/** Of the errors of a TLS handshake those that are about the certificate. */
const isUntrusted = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/.test(code)

export class Backend {
  readonly #options: BackendOptions
  readonly #agent: Agent
  /** For the question whether it answers at all. */
  readonly #unverified: Agent
  #open = 0

  constructor(options: BackendOptions) {
    this.#options = options
    this.#agent = this.#agentWith(!options.insecure)
    this.#unverified = this.#agentWith(false)
  }

  /** What its certificate must be for. */
  get host(): string {
    const { name, namespace } = this.#options.service
    return `${name}.${namespace}.svc`
  }

  get service(): ServicePort {
    return this.#options.service
  }

  get isFull(): boolean {
    return this.#open >= mostOpen
  }

  /** Requests in flight go on to their end; no connection is kept for others. */
  retire(): void {
    for (const agent of [this.#agent, this.#unverified]) {
      agent.maxFreeSockets = 0
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
    }
  }

  /** Ends everything. */
  close(): void {
    this.#agent.destroy()
    this.#unverified.destroy()
  }

  /** Resolves with the head of the answer. Throws BackendError, or the signal's reason. */
  async ask(asked: BackendRequest): Promise<IncomingMessage> {
    this.#open++
    try {
      const answer = await this.#send(asked, this.#agent)
      answer.once('close', () => this.#open--)
      return answer
    } catch (error) {
      this.#open--
      throw error
    }
  }

  /** A small document, for this server itself. */
  async fetch(asked: BackendRequest, verified = true): Promise<Fetched> {
    const answer = await this.#send(asked, verified ? this.#agent : this.#unverified)
    const tooLong = () => new BackendError('the answer is too long', undefined)
    const bytes = await readAll(answer, { longestBytes: longestDocumentBytes, tooLong })
    return { status: answer.statusCode ?? 0, bytes, etag: answer.headers.etag }
  }

  /** Asks for an upgrade. The connection is the caller's if the answer is 101, and is closed after any other. */
  async upgrade(asked: BackendRequest): Promise<Upgraded> {
    this.#open++
    const socket = await this.#connect(!this.#options.insecure, asked.signal).catch((error) => {
      this.#open--
      throw this.#problem(error, asked.signal)
    })
    socket.once('close', () => this.#open--)
    const { method, path, signal } = asked
    const headers = { ...asked.headers, host: this.host }
    return askUpgrade(socket, { method, path, headers, signal }).catch((error) => {
      throw this.#problem(error, signal)
    })
  }

  #send(asked: BackendRequest, agent: Agent): Promise<IncomingMessage> {
    return onLiveConnection(() => this.#exchange(asked, agent))
  }

  #exchange({ method, path, headers, body, signal }: BackendRequest, agent: Agent): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const length = body ? { 'content-length': String(body.length) } : {}
      const request = httpsRequest({
        agent,
        host: this.host,
        port: this.#options.service.port,
        method,
        path,
        headers: { ...headers, ...length, host: this.host },
        signal,
      })
      request.once('response', resolve)
      request.on('error', (error) => {
        const cause = this.#problem(error, signal)
        reject(mayBeStale(request) && !signal.aborted ? new StaleConnection(error.message, { cause }) : cause)
      })
      // As after a 101 that nobody asked for.
      request.once('close', () => reject(new BackendError('EOF', undefined)))
      request.end(body)
    })
  }

  #agentWith(verified: boolean): Agent {
    const agent = new Agent({ keepAlive: true, maxFreeSockets: idleConnections, timeout: idleMs })
    agent.createConnection = (_options, done) => {
      this.#connect(verified, undefined).then(
        (socket) => done?.(null, socket),
        (error) => done?.(error, new PassThrough()),
      )
      return undefined
    }
    return agent
  }

  async #connect(verified: boolean, signal: AbortSignal | undefined): Promise<TLSSocket> {
    const { service, dialService, clock, credentials, authorityPem } = this.#options
    const late = () => new BackendError('i/o timeout', undefined)
    return within({ clock, limitMs: connectMs, late, signal }, async (both) =>
      this.#handshake(await dialService(service, both), both, {
        servername: this.host,
        ca: authorityPem,
        cert: credentials.certPem,
        key: credentials.keyPem,
        rejectUnauthorized: verified,
      }),
    )
  }

  #handshake(socket: Duplex, signal: AbortSignal, options: TlsOptions): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const tls = tlsConnect({ ...options, socket, ALPNProtocols: ['http/1.1'] })
      const abort = () => tls.destroy(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      socket.on('error', (error) => tls.destroy(error))
      const fail = (error: Error) => {
        signal.removeEventListener('abort', abort)
        socket.destroy()
        reject(error)
      }
      tls.once('error', fail)
      tls.once('secureConnect', () => {
        signal.removeEventListener('abort', abort)
        tls.off('error', fail)
        resolve(tls)
      })
    })
  }

  #problem(error: Error, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason
    if (error instanceof BackendError) return error
    const url = new URL(`https://${this.host}:${this.#options.service.port}`)
    return new BackendError(reason(error, url), error, isUntrusted(error))
  }
}

interface TlsOptions {
  readonly servername: string
  readonly ca: string | undefined
  readonly cert: string
  readonly key: string
  readonly rejectUnauthorized: boolean
}
