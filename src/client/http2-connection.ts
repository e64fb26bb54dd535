// One HTTP/2 connection to an API server, opened on first use and again after every break. A connection that no
// longer answers pings is given up, so that a half-open one is noticed within a minute and everything that waits
// on it fails instead of hanging.

import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { Clock, Timer } from '#lib/clock.ts'

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

export class Http2Connection {
  readonly #options: ConnectionOptions
  #session: ClientHttp2Session | undefined
  #opening: Promise<ClientHttp2Session> | undefined
  #timer: Timer | undefined
  #closed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  async ask({ method, path, headers, body, signal }: Ask): Promise<Answer> {
    signal?.throwIfAborted()
    const session = await this.#open()
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
    const stream = session.request(head, { endStream: body === undefined })
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        stream.close(constants.NGHTTP2_CANCEL)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      stream.once('close', () => {
        signal?.removeEventListener('abort', onAbort)
        reject(new Error(`The connection to ${this.#options.url} was lost before it answered ${method} ${path}`))
      })
      // After the answer's head has come, whoever reads the body gets the error.
      stream.on('error', reject)
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
    this.#timer?.cancel()
    this.#session?.destroy()
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
    const { authorityPem, certPem, keyPem, insecureSkipVerify } = this.#options.credentials()
    return new Promise((resolve, reject) => {
      const session = connect(this.#options.url, {
        ...(authorityPem === undefined ? {} : { ca: authorityPem }),
        ...(certPem === undefined ? {} : { cert: certPem }),
        ...(keyPem === undefined ? {} : { key: keyPem }),
        ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
        maxSessionMemory: 256,
        settings: { initialWindowSize: 1 << 20, enablePush: false },
      })
      session.once('error', reject)
      session.on('error', () => session.destroy())
      session.once('connect', () => {
        session.setLocalWindowSize(16 << 20)
        this.#session = session
        this.#keepAlive(session)
        resolve(session)
      })
      session.once('goaway', () => {
        if (this.#session === session) this.#session = undefined
      })
      session.once('close', () => {
        if (this.#session === session) this.#session = undefined
        reject(new Error(`The connection to ${this.#options.url} was closed`))
      })
    })
  }

  #keepAlive(session: ClientHttp2Session): void {
    this.#timer?.cancel()
    const { clock } = this.#options
    this.#timer = clock.after(pingEveryMs, () => {
      if (session.destroyed || this.#closed) return
      const tooLate = clock.after(pingTimeoutMs, () => session.destroy(new Error('The server no longer answers pings')))
      const sent = session.ping(() => {
        tooLate.cancel()
        this.#keepAlive(session)
      })
      if (!sent) tooLate.cancel()
    })
  }
}
