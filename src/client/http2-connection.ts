// One HTTP/2 connection to an API server, opened on first use and again after every break. A connection that no
// longer answers pings is given up, so that a half-open one is noticed within a minute and everything that waits
// on it fails instead of hanging. A request that the server has certainly not looked at, since it was closing the
// connection, is sent once more on a new one.

import type { OutgoingHttpHeaders } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { Clock } from '#lib/clock.ts'

export interface Credentials {
  readonly authorityPem?: string | undefined
  readonly certPem?: string | undefined
  readonly keyPem?: string | undefined
  readonly token?: string | undefined
  readonly insecureSkipVerify?: boolean | undefined
}

export interface ConnectionOptions {
  readonly url: string
  /** Read anew for every connection, so that renewed certificates are taken up. */
  readonly credentials: () => Credentials
  readonly userAgent: string
  readonly clock: Clock
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ClientHttp2Stream
}

export interface Ask {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

const pingEveryMs = 15_000
const pingTimeoutMs = 15_000
const connectTimeoutMs = 15_000

/** The server has refused a stream, and has therefore not looked at the request. */
class Refused extends Error {}

export class Http2Connection {
  readonly #options: ConnectionOptions
  #session: ClientHttp2Session | undefined
  #opening: Promise<ClientHttp2Session> | undefined
  /** Those too that take no new requests and wait for the end of the ones in flight. */
  readonly #sessions = new Set<ClientHttp2Session>()
  #closed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  async ask(ask: Ask): Promise<Answer> {
    try {
      return await this.#askOnce(ask)
    } catch (error) {
      if (!(error instanceof Refused) || this.#closed) throw error
      return this.#askOnce(ask)
    }
  }

  async #askOnce({ method, path, headers, body, signal }: Ask): Promise<Answer> {
    signal?.throwIfAborted()
    const session = await unlessAborted(this.#open(), signal)
    const { token } = this.#options.credentials()
    const head = {
      ':method': method,
      ':path': path,
      'user-agent': this.#options.userAgent,
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    }
    // Node ends a DELETE's stream at once unless told that a body follows.
    const stream = request(session, head, body === undefined)
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        stream.close(constants.NGHTTP2_CANCEL)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      stream.once('close', () => {
        signal?.removeEventListener('abort', onAbort)
        const text = `The connection to ${this.#options.url} was lost before it answered ${method} ${path}`
        reject(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? new Refused(text) : new Error(text))
      })
      // After the answer's head has come, whoever reads the body gets the error.
      stream.on('error', (error) => {
        reject(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? new Refused(error.message) : error)
      })
      stream.once('response', (head) => {
        const plain: Record<string, string> = {}
        for (const name in head) plain[name] = String(head[name])
        resolve({ status: Number(head[':status']), headers: plain, body: stream })
      })
      if (body !== undefined) stream.end(body)
    })
  }

  /** Requests in flight go on; the next one opens a new connection. */
  renew(): void {
    this.#session?.close()
    this.#session = undefined
  }

  close(): void {
    this.#closed = true
    for (const session of this.#sessions) session.destroy()
    this.#session = undefined
  }

  #open(): Promise<ClientHttp2Session> {
    if (this.#closed) return Promise.reject(new Error('The client has been closed'))
    if (this.#session && !this.#session.destroyed && !this.#session.closed) return Promise.resolve(this.#session)
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  #connect(): Promise<ClientHttp2Session> {
    const { url, clock, credentials } = this.#options
    const { authorityPem, certPem, keyPem, insecureSkipVerify } = credentials()
    return new Promise((resolve, reject) => {
      const session = connect(url, {
        ...(authorityPem === undefined ? {} : { ca: authorityPem }),
        ...(certPem === undefined ? {} : { cert: certPem }),
        ...(keyPem === undefined ? {} : { key: keyPem }),
        ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
        maxSessionMemory: 256,
        settings: { initialWindowSize: 1 << 20, enablePush: false },
      })
      this.#sessions.add(session)
      const timer = clock.after(connectTimeoutMs, () =>
        session.destroy(new Error(`${url} has not answered within ${connectTimeoutMs / 1000} s`)),
      )
      session.once('error', reject)
      session.on('error', () => session.destroy())
      session.once('connect', () => {
        timer.cancel()
        // Whoever closed the client meanwhile has ended this session too: it can no longer be set up.
        if (session.destroyed) return
        session.setLocalWindowSize(16 << 20)
        this.#session = session
        keepAlive(session, clock)
        resolve(session)
      })
      session.once('goaway', () => this.#forget(session))
      session.once('close', () => {
        timer.cancel()
        this.#sessions.delete(session)
        this.#forget(session)
        reject(new Error(`The connection to ${url} was closed`))
      })
    })
  }

  #forget(session: ClientHttp2Session): void {
    if (this.#session === session) this.#session = undefined
  }
}

/** A session that is closing takes no more requests, and says so by throwing. */
function request(session: ClientHttp2Session, head: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
  try {
    return session.request(head, { endStream })
  } catch (error) {
    if (session.closed || session.destroyed) throw new Refused((error as Error).message)
    throw error
  }
}

/** Whoever gives up does not wait for a connection that others still want. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Asks now and then whether the other end is there, until the session ends. */
function keepAlive(session: ClientHttp2Session, clock: Clock): void {
  let timer = clock.after(pingEveryMs, ping)
  session.once('close', () => timer.cancel())
  function ping(): void {
    if (session.destroyed) return
    timer = clock.after(pingTimeoutMs, () => session.destroy(new Error('The server no longer answers pings')))
    session.ping(() => {
      timer.cancel()
      if (!session.destroyed) timer = clock.after(pingEveryMs, ping)
    })
  }
}
