// The Client of those who live in the server's own process: it calls the core directly. Nothing is encoded or
// decoded; what comes back are the frozen objects that everybody else in the process sees too.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import { type StatusBody, StatusError } from '#api/status-error.ts'
import type { ApiRequest, ApiResponse, Handler, WatchEvent as ServerEvent, UserInfo } from '#server/request.ts'
import { objectOf } from '#server/stored.ts'
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

export interface LocalClientOptions {
  readonly handle: Handler
  /** Who the requests are made as; they are trusted, and authorized as anybody's. */
  readonly user: UserInfo
  /** As a remote client's User-Agent: field manager by default, and in the store's history. */
  readonly userAgent: string
}

const patchTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

interface Call {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal | undefined
}

/** `/apis/apps/v1/namespaces/a/deployments/b/scale`. */
function pathOf(kind: AnyKind, ref: Partial<Ref>, subresource?: string): string {
  const group = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const namespace = kind.namespaced && ref.namespace ? `/namespaces/${encodeURIComponent(ref.namespace)}` : ''
  const name = ref.name === undefined ? '' : `/${encodeURIComponent(ref.name)}`
  return `${group}${namespace}/${kind.plural}${name}${subresource === undefined ? '' : `/${subresource}`}`
}

const listParameters = (options: ListOptions): Call['query'] => ({
  labelSelector: options.labelSelector,
  fieldSelector: options.fieldSelector,
  limit: options.limit,
  continue: options.continue,
  resourceVersion: options.resourceVersion,
})

const writeParameters = (options: WriteOptions): Call['query'] => ({
  dryRun: options.dryRun ? 'All' : undefined,
  fieldManager: options.fieldManager,
  // What this program writes is checked by its compiler.
  fieldValidation: 'Ignore',
})

const deleteBody = (options: DeleteOptions): object => ({
  gracePeriodSeconds: options.gracePeriodSeconds,
  propagationPolicy: options.propagationPolicy,
  ...(options.uid === undefined && options.resourceVersion === undefined
    ? {}
    : { preconditions: { uid: options.uid, resourceVersion: options.resourceVersion } }),
  ...(options.dryRun ? { dryRun: ['All'] } : {}),
})

export class LocalClient implements Client {
  readonly #options: LocalClientOptions
  readonly #closing = new AbortController()

  constructor(options: LocalClientOptions) {
    this.#options = options
  }

  async get<K extends AnyKind>(kind: K, ref: Ref, signal?: AbortSignal): Promise<ObjectOf<K>> {
    return this.#object({ method: 'GET', path: pathOf(kind, ref), signal })
  }

  async list<K extends AnyKind>(kind: K, options: ListOptions = {}): Promise<List<ObjectOf<K>>> {
    const path = pathOf(kind, { namespace: options.namespace })
    const { body } = await this.#send({ method: 'GET', path, query: listParameters(options)!, signal: options.signal })
    if (body.type !== 'list') throw new Error(`Cannot list ${kind.resource}: the answer is a ${body.type}`)
    return {
      items: body.items.map((stored) => objectOf(stored) as ObjectOf<K>),
      resourceVersion: body.resourceVersion,
      continue: body.continue,
    }
  }

  watch<K extends AnyKind>(kind: K, options: WatchOptions): AsyncIterable<readonly WatchEvent<ObjectOf<K>>[]> {
    return { [Symbol.asyncIterator]: () => this.#events(kind, options) }
  }

  /** Written by hand: a generator's `return` would wait for the next event. */
  #events<K extends AnyKind>(kind: K, options: WatchOptions): AsyncIterator<readonly WatchEvent<ObjectOf<K>>[]> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal])
    let opened: Promise<AsyncIterator<readonly ServerEvent[]>> | undefined
    return {
      next: async () => {
        signal.throwIfAborted()
        opened ??= this.#openWatch(kind, options, signal)
        const result = await (await opened).next()
        if (result.done) {
          signal.throwIfAborted()
          return { done: true, value: undefined }
        }
        const failed = result.value.find((event) => event.type === 'ERROR')
        if (failed) throw StatusError.fromBody(failed.object as StatusBody, 500)
        return { done: false, value: result.value as readonly WatchEvent<ObjectOf<K>>[] }
      },
      return: async () => {
        await (await opened)?.return?.()
        return { done: true, value: undefined }
      },
    }
  }

  async #openWatch(
    kind: AnyKind,
    options: WatchOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterator<readonly ServerEvent[]>> {
    const query = {
      ...listParameters(options),
      watch: true,
      allowWatchBookmarks: options.allowBookmarks,
      timeoutSeconds: options.timeoutSeconds,
    }
    const path = pathOf(kind, { namespace: options.namespace })
    const { body } = await this.#send({ method: 'GET', path, query, signal })
    if (body.type !== 'watch') throw new Error(`Cannot watch ${kind.resource}: the answer is a ${body.type}`)
    return body.events[Symbol.asyncIterator]()
  }

  async create<K extends AnyKind>(kind: K, object: Draft<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    const { namespace } = metadataOf(object)
    const path = pathOf(kind, { namespace }, options.subresource)
    return this.#object({
      method: 'POST',
      path,
      query: writeParameters(options)!,
      body: object,
      signal: options.signal,
    })
  }

  async createSubresource(
    kind: AnyKind,
    ref: Ref,
    subresource: string,
    body: object,
    options: WriteOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: the answer is of the subresource's own type
  ): Promise<any> {
    const path = pathOf(kind, ref, subresource)
    return this.#object({ method: 'POST', path, query: writeParameters(options)!, body, signal: options.signal })
  }

  async update<K extends AnyKind>(kind: K, object: Draft<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    const path = pathOf(kind, metadataOf(object), options.subresource)
    return this.#object({ method: 'PUT', path, query: writeParameters(options)!, body: object, signal: options.signal })
  }

  updateStatus<K extends AnyKind>(kind: K, object: Draft<K>, options: WriteOptions = {}): Promise<ObjectOf<K>> {
    return this.update(kind, object, { ...options, subresource: 'status' })
  }

  async patch<K extends AnyKind>(kind: K, ref: Ref, patch: object, options: PatchOptions): Promise<ObjectOf<K>> {
    return this.#object({
      method: 'PATCH',
      path: pathOf(kind, ref, options.subresource),
      query: { ...writeParameters(options), force: options.force },
      body: patch,
      contentType: patchTypes[options.type],
      signal: options.signal,
    })
  }

  async delete(kind: AnyKind, ref: Ref, options: DeleteOptions = {}): Promise<void> {
    const path = pathOf(kind, ref)
    await this.#send({ method: 'DELETE', path, body: deleteBody(options), signal: options.signal })
  }

  async deleteCollection(kind: AnyKind, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const path = pathOf(kind, { namespace: selection.namespace })
    const query = listParameters(selection)!
    await this.#send({ method: 'DELETE', path, query, body: deleteBody(options), signal: options.signal })
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The client is closed'))
  }

  async #object<T>(call: Call): Promise<T> {
    const { body } = await this.#send(call)
    if (body.type === 'object') return body.object as ApiObject as T
    throw new Error(`Cannot use the answer to ${call.method} ${call.path}: it is a ${body.type}`)
  }

  #send({ method, path, query = {}, body, contentType, signal }: Call): Promise<ApiResponse> {
    const effective = signal ?? this.#closing.signal
    effective.throwIfAborted()
    this.#closing.signal.throwIfAborted()
    const parameters = new URLSearchParams()
    for (const [name, value] of Object.entries(query))
      if (value !== undefined && value !== '' && value !== false) parameters.set(name, String(value))
    const { handle, user, userAgent } = this.#options
    const request: ApiRequest = {
      method,
      path,
      query: parameters,
      headers: { 'user-agent': userAgent, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
      body: body === undefined ? { type: 'none' } : { type: 'object', object: body },
      user,
      signal: effective,
      raw: true,
    }
    return handle(request)
  }
}

function metadataOf(object: unknown): { name: string; namespace?: string } {
  const { metadata = {} } = object as { metadata?: { name?: string; namespace?: string } }
  const { name = '', namespace } = metadata
  return namespace === undefined ? { name } : { name, namespace }
}
