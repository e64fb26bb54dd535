// For tests: a whole server over a store in memory, on a clock that stands still, and a way to ask it things as a
// client over the network would.

import { builtIn } from '#api/kinds.ts'
import { VirtualClock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { seededRandom } from '#lib/random.ts'
import type { PastLimits } from '#store/image.ts'
import { MemoryStore } from '#store/memory.ts'
import { admissionPlugins } from './admission/plugins.ts'
import { createServer, type Server, type ServerOptions } from './app.ts'
import type { ApiResponse } from './request.ts'

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
}

export interface Answer {
  readonly status: number
  readonly headers: ApiResponse['headers']
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
  readonly json: any
  readonly response: ApiResponse
}

// biome-ignore lint/suspicious/noExplicitAny: events of whatever kind
export type Line = { readonly type: string; readonly object: any }

export interface OpenWatch {
  /** The next batch of events; undefined when the watch has ended. */
  next(): Promise<readonly Line[] | undefined>
  stop(): Promise<void>
}

export interface TestServer {
  readonly server: Server
  readonly store: MemoryStore
  readonly clock: VirtualClock
  ask(method: string, url: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  watch(url: string): Promise<OpenWatch>
  stop(): Promise<void>
}

export interface TestServerOptions extends Partial<ServerOptions> {
  readonly limits?: Partial<PastLimits>
  /** Made before the first question, as a real server makes them; `default` unless given. */
  readonly namespaces?: readonly string[]
  /** What needs the store that the server is made over. */
  readonly parts?: (store: MemoryStore, clock: VirtualClock) => Partial<ServerOptions>
}

export async function testServer({
  limits,
  namespaces = ['default'],
  parts,
  ...options
}: TestServerOptions = {}): Promise<TestServer> {
  const clock = new VirtualClock()
  const random = seededRandom(1)
  const store = new MemoryStore(clock, limits)
  const server = createServer({
    store,
    kinds: builtIn,
    clock,
    random,
    log: silentLog,
    authenticate: async () => ({ name: 'admin', groups: ['system:masters'] }),
    authorize: () => ({ allowed: true }),
    admission: admissionPlugins({ store, random }),
    ...options,
    ...parts?.(store, clock),
  })
  const send = (method: string, url: string, body: unknown, headers: Readonly<Record<string, string>>) => {
    const { pathname, searchParams } = new URL(url, 'http://server')
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    return server.handle({
      method,
      path: pathname,
      query: searchParams,
      headers: { 'content-type': 'application/json', 'user-agent': 'test/1', ...headers },
      body: text === undefined ? { type: 'none' } : { type: 'bytes', bytes: Buffer.from(text) },
      signal: new AbortController().signal,
    })
  }
  const test: TestServer = {
    server,
    store,
    clock,
    ask: async (method, url, body, headers = {}) => {
      const response = await send(method, url, body, headers)
      const bytes = response.body.type === 'bytes' ? Buffer.concat(response.body.chunks) : Buffer.alloc(0)
      const text = bytes.toString()
      const json = text.startsWith('{') ? JSON.parse(text) : undefined
      return { status: response.status, headers: response.headers, text, json, response }
    },
    watch: async (url) => {
      const { body } = await send('GET', url, undefined, {})
      if (body.type !== 'stream') throw new Error(`no watch, but ${body.type}`)
      const batches = body.batches[Symbol.asyncIterator]()
      return {
        next: async () => {
          const result = await batches.next()
          if (result.done) return undefined
          const text = Buffer.concat(result.value).toString()
          return text
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Line)
        },
        stop: async () => {
          await batches.return?.()
        },
      }
    },
    stop: async () => {
      server.stop()
      await store.close()
    },
  }
  for (const name of namespaces) {
    const made = await test.ask('POST', '/api/v1/namespaces', { metadata: { name } })
    if (made.status !== 201) throw new Error(made.text)
    await test.ask('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } })
  }
  return test
}
