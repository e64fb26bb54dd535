// The client over HTTPS, for whoever is not in the server's process: agents, controllers and schedulers that run
// alone (against any Kubernetes API server), the command line. Answers are JSON; objects are frozen.

import { type ClientHttp2Stream, constants } from 'node:http2'
import type { AnyKind, ObjectOf } from '#api/kind.ts'
import { StatusError } from '#api/status-error.ts'
import { parseExact } from '#lib/exact-json.ts'
import { deepFreeze } from '#lib/freeze.ts'
import type { TokenSource } from './account-tokens.ts'
import type {
  Client,
  DeleteOptions,
  Draft,
  List,
  ListOptions,
  PatchOptions,
  PatchType,
  Ref,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts'
import { type Answer, type Ask, type ConnectionOptions, Http2Connection } from './http2-connection.ts'

const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** The path of a collection, an object or a subresource. */
export function pathOf(kind: AnyKind, namespace: string | undefined, name?: string, subresource?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const scope = kind.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${root}${scope}/${kind.plural}${object}${subresource ? `/${subresource}` : ''}`
}

type QueryValue = string | number | boolean | undefined

function withQuery(path: string, query: Readonly<Record<string, QueryValue>>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
}

const listQuery = (options: ListOptions): Record<string, QueryValue> => ({
  labelSelector: options.labelSelector,
  fieldSelector: options.fieldSelector,
  limit: options.limit,
  continue: options.continue,
  resourceVersion: options.resourceVersion,
})

const writeQuery = (options: WriteOptions): Record<string, QueryValue> => ({
  dryRun: options.dryRun ? 'All' : undefined,
  fieldManager: options.fieldManager,
})

const deleteBody = (options: DeleteOptions): string => {
  const { uid, resourceVersion } = options
  return JSON.stringify({
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: options.gracePeriodSeconds,
    propagationPolicy: options.propagationPolicy,
    ...(uid === undefined && resourceVersion === undefined ? {} : { preconditions: { uid, resourceVersion } }),
    ...(options.dryRun ? { dryRun: ['All'] } : {}),
  })
}

async function readAll(body: ClientHttp2Stream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
  // A connection that breaks ends its streams as if they were complete.
  if (body.aborted || body.rstCode !== constants.NGHTTP2_NO_ERROR)
    throw new Error('The connection was lost in the middle of an answer')
  return Buffer.concat(chunks).toString()
}

/** The error that an answer other than 2xx stands for. */
function errorOf(status: number, body: string): StatusError {
  try {
    const parsed = JSON.parse(body)
    if (parsed?.kind === 'Status') return StatusError.fromBody(parsed, status)
  } catch {
    // Not JSON: a proxy's page, or plain text. The text itself is the best there is.
  }
  return new StatusError(status, '', body.trim() || `the server answered ${status}`)
}

/** Whole lines of a stream of bytes, those that came together as one batch. */
async function* lineBatches(body: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let begun: Buffer[] = []
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(10)
    if (end < 0) {
      begun.push(chunk)
      continue
    }
    const whole = Buffer.concat([...begun, chunk.subarray(0, end)])
    begun = [chunk.subarray(end + 1)]
    yield whole
      .toString()
      .split('\n')
      .filter((line) => line !== '')
  }
}

export class HttpClient implements Client {
  readonly #connection: Http2Connection
  readonly #token: TokenSource | undefined

  constructor(options: ConnectionOptions | Http2Connection, token?: TokenSource) {
    this.#connection = options instanceof Http2Connection ? options : new Http2Connection(options)
    this.#token = token
  }

  /** Somebody else over the same connection. A certificate of the connection's own would count before any token. */
  as(token: TokenSource): HttpClient {
    return new HttpClient(this.#connection, token)
  }

  async #ask(ask: Ask): Promise<Answer> {
    if (!this.#token) return this.#connection.ask(ask)
    const token = await this.#token.get()
    const headers = { ...ask.headers, authorization: `Bearer ${token}` }
    const answer = await this.#connection.ask({ ...ask, headers })
    if (answer.status === 401) this.#token.refused(token)
    return answer
  }

  /** A request of any path, for what has no verb here; answers other than 2xx throw. */
  async raw(ask: Ask): Promise<string> {
    const answer = await this.#ask(ask)
    const body = await readAll(answer.body)
    if (answer.status < 200 || answer.status > 299) throw errorOf(answer.status, body)
    return body
  }

  /** Takes up renewed credentials with the next request. */
  renew(): void {
    this.#connection.renew()
  }

  async #json<T>(method: string, path: string, options: Omit<Ask, 'method' | 'path'> = {}): Promise<T> {
    const headers = options.body === undefined ? {} : { 'content-type': 'application/json' }
    return deepFreeze(
      parseExact(await this.raw({ method, path, ...options, headers: { ...headers, ...options.headers } })),
    )
  }

  get<K extends AnyKind>(kind: K, { namespace, name }: Ref, signal?: AbortSignal): Promise<ObjectOf<K>> {
    return this.#json('GET', pathOf(kind, namespace, name), { signal })
  }

  async list<K extends AnyKind>(kind: K, options: ListOptions = {}): Promise<List<ObjectOf<K>>> {
    const path = withQuery(pathOf(kind, options.namespace), listQuery(options))
    const text = await this.raw({ method: 'GET', path, signal: options.signal })
    const { items, metadata } = parseExact(text)
    // Items of a list leave out what the list says once.
    for (const item of items ?? []) {
      item.apiVersion ??= kind.apiVersion
      item.kind ??= kind.kind
    }
    return {
      items: deepFreeze(items ?? []),
      resourceVersion: metadata.resourceVersion ?? '',
      continue: metadata.continue ?? '',
    }
  }

  async *watch<K extends AnyKind>(kind: K, options: WatchOptions): AsyncGenerator<readonly WatchEvent<ObjectOf<K>>[]> {
    const path = withQuery(pathOf(kind, options.namespace), {
      ...listQuery(options),
      watch: true,
      allowWatchBookmarks: options.allowBookmarks,
      timeoutSeconds: options.timeoutSeconds,
    })
    const answer = await this.#ask({ method: 'GET', path, signal: options.signal })
    if (answer.status !== 200) throw errorOf(answer.status, await readAll(answer.body))
    for await (const lines of lineBatches(answer.body)) {
      const events = lines.map((line) => deepFreeze(parseExact(line)))
      const failed = events.findIndex((event) => event.type === 'ERROR')
      if (failed < 0) yield events
      else {
        if (failed > 0) yield events.slice(0, failed)
        throw StatusError.fromBody(events[failed].object, events[failed].object?.code ?? 500)
      }
    }
    options.signal.throwIfAborted()
  }

  create<K extends AnyKind>(kind: K, object: Draft<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    const { namespace } = metadataOf(object)
    const path = withQuery(pathOf(kind, namespace), writeQuery(options))
    return this.#json('POST', path, { body: encode(kind, object), signal: options.signal })
  }

  createSubresource(
    kind: AnyKind,
    { namespace, name }: Ref,
    subresource: string,
    body: object,
    options: WriteOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: the answer is of the subresource's own type
  ): Promise<any> {
    const path = withQuery(pathOf(kind, namespace, name, subresource), writeQuery(options))
    return this.#json('POST', path, { body: JSON.stringify(body), signal: options.signal })
  }

  update<K extends AnyKind>(kind: K, object: Draft<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    const { namespace, name } = metadataOf(object)
    const path = withQuery(pathOf(kind, namespace, name, options.subresource), writeQuery(options))
    return this.#json('PUT', path, { body: encode(kind, object), signal: options.signal })
  }

  updateStatus<K extends AnyKind>(kind: K, object: Draft<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    return this.update(kind, object, { ...options, subresource: 'status' })
  }

  patch<K extends AnyKind>(
    kind: K,
    { namespace, name }: Ref,
    patch: object,
    options: PatchOptions,
  ): Promise<ObjectOf<K>> {
    const path = withQuery(pathOf(kind, namespace, name, options.subresource), {
      ...writeQuery(options),
      force: options.force,
    })
    const headers = { 'content-type': patchContentTypes[options.type] }
    return this.#json('PATCH', path, { body: JSON.stringify(patch), headers, signal: options.signal })
  }

  async delete(kind: AnyKind, { namespace, name }: Ref, options: DeleteOptions = {}): Promise<void> {
    await this.#json('DELETE', pathOf(kind, namespace, name), { body: deleteBody(options), signal: options.signal })
  }

  async deleteCollection(kind: AnyKind, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const path = withQuery(pathOf(kind, selection.namespace), listQuery(selection))
    await this.#json('DELETE', path, { body: deleteBody(options), signal: options.signal })
  }

  async close(): Promise<void> {
    this.#connection.close()
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a draft of whichever kind has metadata
const metadataOf = (object: any): { namespace?: string; name: string } => object.metadata ?? {}

const encode = (kind: AnyKind, object: object): string =>
  JSON.stringify({ kind: kind.kind, apiVersion: kind.apiVersion, ...object })
