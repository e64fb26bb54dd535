// A client that costs little itself: HTTP/2 over TLS, answers are counted and dropped unless they are wanted.

import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { Credentials } from '#client/http2-connection.ts'
import { realClock } from '#lib/clock.ts'
import { cpuMs, type ServerProcess } from './server-process.ts'

export interface Ask {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly contentType?: string
}

/** As Go's clients: a stream may be this far ahead of its reader, a connection as far as it likes. */
const streamWindowBytes = 4 * 1024 * 1024
const connectionWindowBytes = 1 << 30

export class Connection {
  readonly #session: ClientHttp2Session

  constructor(url: string, { authorityPem, certPem, keyPem }: Credentials) {
    this.#session = connect(url, {
      ca: authorityPem,
      cert: certPem,
      key: keyPem,
      settings: { initialWindowSize: streamWindowBytes },
    })
    this.#session.once('connect', () => this.#session.setLocalWindowSize(connectionWindowBytes))
  }

  stream({ method, path, body, contentType = 'application/json' }: Ask): ClientHttp2Stream {
    const stream = this.#session.request({
      ':method': method,
      ':path': path,
      'user-agent': 'bench',
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
    })
    if (body === undefined) stream.end()
    else stream.end(body)
    return stream
  }

  /** The size of the answer's body; any other status than 2xx throws. */
  ask(ask: Ask): Promise<number> {
    return new Promise((resolve, reject) => {
      const stream = this.stream(ask)
      let status = 0
      let sizeBytes = 0
      let text = ''
      stream.on('response', (headers) => {
        status = Number(headers[':status'])
      })
      stream.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length
        if (status > 299) text += chunk
      })
      stream.on('error', reject)
      stream.on('end', () => {
        if (status >= 200 && status < 300) resolve(sizeBytes)
        else reject(new Error(`${ask.method} ${ask.path}: ${status} ${text}`))
      })
    })
  }

  /** Where the list stands. */
  revisionOf(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = ''
      const stream = this.stream({ method: 'GET', path })
      stream.on('data', (chunk: Buffer) => {
        text += chunk
      })
      stream.on('error', reject)
      stream.on('end', () => resolve(/"resourceVersion":"(\d+)"/.exec(text)?.[1] ?? ''))
    })
  }

  /** A watch: `onEvents` is told how many lines have come. */
  watch(path: string, onEvents: (count: number) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const stream = this.stream({ method: 'GET', path })
      stream.on('response', (headers) => {
        if (headers[':status'] === 200) resolve(() => stream.close(constants.NGHTTP2_CANCEL))
        else reject(new Error(`GET ${path}: ${headers[':status']}`))
      })
      stream.on('data', (chunk: Buffer) => {
        let count = 0
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count++
        if (count > 0) onEvents(count)
      })
      stream.on('error', () => undefined)
    })
  }

  close(): void {
    this.#session.destroy()
  }
}

export interface Measured {
  readonly cpuMsEach: number
  readonly perSecond: number
  readonly latenciesMs: readonly number[]
}

/** Keeps `inFlight` of the operations under way until `count` are done, and says what they cost the server. */
export async function measure(
  server: ServerProcess,
  { count, inFlight }: { readonly count: number; readonly inFlight: number },
  operation: (i: number) => Promise<unknown>,
): Promise<Measured> {
  const latenciesMs: number[] = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < count; i = next++) {
      const startedMs = realClock.monotonic()
      await operation(i)
      latenciesMs.push(realClock.monotonic() - startedMs)
    }
  }
  const cpuBefore = cpuMs(server.pid)
  const startedMs = realClock.monotonic()
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, worker))
  const tookMs = realClock.monotonic() - startedMs
  return { cpuMsEach: (cpuMs(server.pid) - cpuBefore) / count, perSecond: (1000 * count) / tookMs, latenciesMs }
}
