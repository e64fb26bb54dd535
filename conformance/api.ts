// Requests to a cluster as any of its users: raw ones with status and headers, JSON ones, watches, and the typed
// client. One HTTP/2 connection for each user, opened when it is needed.

import type { ClientHttp2Stream } from 'node:http2'
import { StatusError } from '#api/status-error.ts'
import type { PatchType } from '#client/client.ts'
import { HttpClient } from '#client/http.ts'
import { type ConnectionOptions, Http2Connection } from '#client/http2-connection.ts'
import type { Clock } from '#lib/clock.ts'
import type { Api, Json, Query, Reply, RequestOptions, Watch, WatchedEvent } from './behaviour.ts'

const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** Of one event of a watch, or one answer. */
const answerTimeoutMs = 60_000

const withQuery = (path: string, query: Query = {}): string => {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = parts.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`
}

const parse = (text: string): Json => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface ApiOptions extends ConnectionOptions {
  readonly signal: AbortSignal
}

export class HttpApi implements Api {
  readonly client: HttpClient
  readonly #connection: Http2Connection
  readonly #clock: Clock
  #signal: AbortSignal
  readonly #watches = new Set<OpenWatch>()

  constructor({ signal, ...options }: ApiOptions) {
    this.client = new HttpClient(options)
    this.#connection = new Http2Connection(options)
    this.#clock = options.clock
    this.#signal = signal
  }

  async request(method: string, path: string, { query, headers, body }: RequestOptions = {}): Promise<Reply> {
    const isPlain = body === undefined || typeof body === 'string' || body instanceof Uint8Array
    const answer = await this.#connection.ask({
      method,
      path: withQuery(path, query),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: isPlain ? body : JSON.stringify(body),
      signal: this.#signal,
    })
    const chunks: Buffer[] = []
    for await (const chunk of answer.body as AsyncIterable<Buffer>) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const text = bytes.toString()
    return { status: answer.status, headers: answer.headers, bytes, text, body: parse(text) }
  }

  async #json(method: string, path: string, options: RequestOptions): Promise<Json> {
    const { status, text, body } = await this.request(method, path, options)
    if (status >= 200 && status < 300) return body
    if (body?.kind === 'Status') throw StatusError.fromBody(body, status)
    throw new StatusError(status, '', `${method} ${path} was answered with ${status}: ${text.slice(0, 500)}`)
  }

  get(path: string, query?: Query): Promise<Json> {
    return this.#json('GET', path, { query })
  }

  post(path: string, body: object, query?: Query): Promise<Json> {
    return this.#json('POST', path, { body, query })
  }

  put(path: string, body: object, query?: Query): Promise<Json> {
    return this.#json('PUT', path, { body, query })
  }

  patch(path: string, type: PatchType, body: object, query?: Query): Promise<Json> {
    const manager = type === 'apply' ? { fieldManager: 'conformance' } : {}
    const headers = { 'content-type': patchContentTypes[type] }
    return this.#json('PATCH', path, { body, headers, query: { ...manager, ...query } })
  }

  delete(path: string, options?: object, query?: Query): Promise<Json> {
    const body = options && { apiVersion: 'v1', kind: 'DeleteOptions', ...options }
    return this.#json('DELETE', path, { body, query })
  }

  async watch(path: string, query?: Query): Promise<Watch> {
    const controller = new AbortController()
    const signal = AbortSignal.any([this.#signal, controller.signal])
    const answer = await this.#connection.ask({
      method: 'GET',
      path: withQuery(path, { ...query, watch: true }),
      signal,
    })
    if (answer.status !== 200) {
      const chunks: Buffer[] = []
      for await (const chunk of answer.body as AsyncIterable<Buffer>) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      throw parse(text)?.kind === 'Status'
        ? StatusError.fromBody(JSON.parse(text), answer.status)
        : new StatusError(answer.status, '', text)
    }
    const watch = new OpenWatch(answer.body, { path, clock: this.#clock, stop: () => controller.abort() })
    this.#watches.add(watch)
    return watch
  }

  /** Further requests go on after the signal. */
  outliveSignal(): void {
    this.#signal = new AbortController().signal
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.stop()
    this.#connection.close()
    await this.client.close()
  }
}

class OpenWatch implements Watch {
  readonly #path: string
  readonly #clock: Clock
  readonly #events: WatchedEvent[] = []
  readonly #stop: () => void
  #wake: (() => void) | undefined
  #ended: string | undefined

  constructor(body: ClientHttp2Stream, options: { path: string; clock: Clock; stop: () => void }) {
    this.#path = options.path
    this.#clock = options.clock
    this.#stop = options.stop
    let begun = Buffer.alloc(0)
    body.on('data', (chunk: Buffer) => {
      begun = Buffer.concat([begun, chunk])
      for (let end = begun.indexOf(10); end >= 0; end = begun.indexOf(10)) {
        const line = begun.subarray(0, end).toString()
        begun = begun.subarray(end + 1)
        if (line !== '') this.#events.push(JSON.parse(line))
      }
      this.#wake?.()
    })
    const end = (why: string) => {
      this.#ended ??= why
      this.#wake?.()
    }
    body.on('end', () => end('it has ended'))
    body.on('error', (error) => end(error.message))
    body.on('close', () => end('it was closed'))
  }

  async next(): Promise<WatchedEvent> {
    const untilMs = this.#clock.monotonic() + answerTimeoutMs
    for (;;) {
      const event = this.#events.shift()
      if (event) return event
      if (this.#ended !== undefined) throw new Error(`The watch of ${this.#path} gave no further event: ${this.#ended}`)
      const leftMs = untilMs - this.#clock.monotonic()
      if (leftMs <= 0) throw new Error(`The watch of ${this.#path} gave no event within ${answerTimeoutMs / 1000} s`)
      await new Promise<void>((resolve) => {
        const timer = this.#clock.after(leftMs, resolve)
        this.#wake = () => {
          timer.cancel()
          resolve()
        }
      })
    }
  }

  async until(what: string, isMeant: (event: WatchedEvent) => boolean): Promise<WatchedEvent> {
    const passed: string[] = []
    for (;;) {
      const event = await this.next().catch((error: Error) => {
        const seen = passed.slice(-20).join(', ') || 'nothing'
        throw new Error(`${error.message}, while it was to show ${what}; before it were ${seen}`)
      })
      if (event.type === 'ERROR') throw StatusError.fromBody(event.object, event.object?.code ?? 500)
      if (isMeant(event)) return event
      passed.push(`${event.type} ${event.object?.metadata?.name}`)
    }
  }

  stop(): void {
    this.#stop()
  }
}
