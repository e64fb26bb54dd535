// For tests only: a Client over a map, whose watches the test can break, silence or expire. It is for what a real
// server does rarely; everything else is tested against the server itself.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import { alreadyExists, conflict, expired, notFound } from '#api/status-error.ts'
import { AsyncBuffer } from '#lib/async-buffer.ts'
import type { Client, List, ListOptions, Ref, WatchEvent, WatchOptions } from './client.ts'

interface OpenWatch {
  readonly kind: AnyKind
  readonly from: string
  readonly buffer: AsyncBuffer<WatchEvent<ApiObject>>
}

export class ScriptedClient implements Client {
  readonly objects = new Map<string, ApiObject>()
  readonly watches = new Set<OpenWatch>()
  readonly calls: string[] = []
  revision = 1
  readonly #log: { readonly kind: AnyKind; readonly event: WatchEvent<ApiObject> }[] = []
  /** What the next calls throw, oldest first. */
  readonly failures: Error[] = []
  /** Every watch from here on ends at once with 410. */
  expireAll = false
  /** Open watches get nothing any more, and do not end either; new ones are told what they missed. */
  muted = false

  async list<K extends AnyKind>(kind: K, options: ListOptions = {}): Promise<List<ObjectOf<K>>> {
    this.#call(`list ${kind.plural}`)
    const items = [...this.objects.values()].filter((object) => object.kind === kind.kind)
    const start = Number(options.continue ?? 0)
    const end = start + (options.limit ?? Number.POSITIVE_INFINITY)
    return {
      items: items.slice(start, end) as ObjectOf<K>[],
      resourceVersion: String(this.revision),
      continue: end < items.length ? String(end) : '',
    }
  }

  watch<K extends AnyKind>(kind: K, options: WatchOptions): AsyncIterable<readonly WatchEvent<ObjectOf<K>>[]> {
    this.#call(`watch ${kind.plural} ${options.resourceVersion}`)
    if (this.expireAll) throw expired('too old resource version')
    const buffer = new AsyncBuffer<WatchEvent<ApiObject>>({
      limit: 1000,
      onClose: () => void this.watches.delete(open),
    })
    const open: OpenWatch = { kind, from: options.resourceVersion, buffer }
    this.watches.add(open)
    for (const past of this.#log)
      if (past.kind === kind && Number(past.event.object.metadata.resourceVersion) > Number(options.resourceVersion))
        buffer.push(past.event)
    options.signal.addEventListener('abort', () => buffer.end(options.signal.reason), { once: true })
    return buffer as AsyncIterable<readonly WatchEvent<ObjectOf<K>>[]>
  }

  /** Writes as another client would. */
  put(kind: AnyKind, object: { metadata: { name: string; namespace?: string }; [field: string]: unknown }): ApiObject {
    const key = keyOf(kind, object.metadata)
    const old = this.objects.get(key)
    const stored = {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      ...object,
      metadata: {
        uid: old?.metadata.uid ?? `uid-${this.revision + 1}`,
        ...object.metadata,
        resourceVersion: String(++this.revision),
      },
    } as ApiObject
    this.objects.set(key, stored)
    this.#send(kind, { type: old ? 'MODIFIED' : 'ADDED', object: stored })
    return stored
  }

  remove(kind: AnyKind, ref: Ref): void {
    const key = keyOf(kind, ref)
    const old = this.objects.get(key)
    if (!old) throw notFound(kind, ref.name)
    this.objects.delete(key)
    const metadata = { ...old.metadata, resourceVersion: String(++this.revision) }
    this.#send(kind, { type: 'DELETED', object: { ...old, metadata } })
  }

  bookmark(kind: AnyKind): void {
    const metadata = { resourceVersion: String(this.revision) }
    this.#send(kind, { type: 'BOOKMARK', object: { apiVersion: kind.apiVersion, kind: kind.kind, metadata } })
  }

  /** Ends all open watches, with an error if one is given. */
  breakWatches(error?: Error): void {
    for (const { buffer } of [...this.watches]) buffer.end(error)
  }

  async get<K extends AnyKind>(kind: K, ref: Ref): Promise<ObjectOf<K>> {
    this.#call(`get ${kind.plural} ${ref.name}`)
    const object = this.objects.get(keyOf(kind, ref))
    if (!object) throw notFound(kind, ref.name)
    return object as ObjectOf<K>
  }

  // biome-ignore lint/suspicious/noExplicitAny: drafts of any kind
  async create(kind: AnyKind, object: any): Promise<any> {
    this.#call(`create ${kind.plural} ${object.metadata.name}`)
    if (this.objects.has(keyOf(kind, object.metadata))) throw alreadyExists(kind, object.metadata.name)
    return this.put(kind, object)
  }

  // biome-ignore lint/suspicious/noExplicitAny: drafts of any kind
  async update(kind: AnyKind, object: any): Promise<any> {
    this.#call(`update ${kind.plural} ${object.metadata.name}`)
    const { name, resourceVersion } = object.metadata
    const old = this.objects.get(keyOf(kind, object.metadata))
    if (!old) throw notFound(kind, name)
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
      throw conflict(kind, name, 'it has changed')
    return this.put(kind, object)
  }

  // biome-ignore lint/suspicious/noExplicitAny: drafts of any kind
  async updateStatus(kind: AnyKind, object: any): Promise<any> {
    return this.update(kind, object)
  }

  /** A merge of the top level only. */
  // biome-ignore lint/suspicious/noExplicitAny: patches of any kind
  async patch(kind: AnyKind, ref: Ref, patch: any): Promise<any> {
    this.#call(`patch ${kind.plural} ${ref.name}`)
    const old = this.objects.get(keyOf(kind, ref))
    if (!old) throw notFound(kind, ref.name)
    return this.put(kind, { ...old, ...patch, metadata: { ...old.metadata, ...patch.metadata } })
  }

  async delete(kind: AnyKind, ref: Ref): Promise<void> {
    this.#call(`delete ${kind.plural} ${ref.name}`)
    this.remove(kind, ref)
  }

  async createSubresource(kind: AnyKind, ref: Ref, subresource: string): Promise<unknown> {
    this.#call(`create ${kind.plural}/${subresource} ${ref.name}`)
    return {}
  }

  async deleteCollection(): Promise<void> {}
  async close(): Promise<void> {}

  #call(text: string): void {
    this.calls.push(text)
    const failure = this.failures.shift()
    if (failure) throw failure
  }

  #send(kind: AnyKind, event: WatchEvent<ApiObject>): void {
    if (event.type !== 'BOOKMARK') this.#log.push({ kind, event })
    if (this.muted) return
    for (const open of this.watches) if (open.kind === kind) open.buffer.push(event)
  }
}

const keyOf = (kind: AnyKind, { namespace, name }: { namespace?: string | undefined; name: string }): string =>
  `${kind.resource}/${namespace ?? ''}/${name}`
