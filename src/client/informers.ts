// Informers: a copy of a kind's objects in memory, indexed, kept up to date by a reflector, and shared by all who
// ask for the same kind and selection.
//
// Assumes: the client's objects are frozen, so they are handed out as they are. Guarantees: handlers see each
// change once and in order; a handler that throws hurts neither the others nor the cache.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import type { Client, WatchEvent } from './client.ts'
import type { Informer, InformerHandler, Informers } from './informer.ts'
import { reflect, type Selection, type Sink } from './reflector.ts'

export interface InformersOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** See ReflectorOptions. A client in the same process cannot fall silent: Infinity. */
  readonly silenceMs?: number
  readonly watchTimeoutSeconds?: number
}

/** What the runner needs beside: to wait until a controller's own writes have arrived. */
export interface SharedInformers extends Informers {
  /** The informer of all objects of this kind, if anybody has asked for it. */
  started<K extends AnyKind>(kind: K): Cache<K> | undefined
}

interface Entry {
  readonly cache: Cache<AnyKind>
  readonly ended: Promise<void>
  readonly control: AbortController
}

export function createInformers(options: InformersOptions): SharedInformers {
  const { client, clock, random, log, silenceMs = 90_000, watchTimeoutSeconds = 300 } = options
  const control = new AbortController()
  const running = new Map<string, Entry>()

  const start = (kind: AnyKind, selection: Selection): Entry => {
    const own = new AbortController()
    const cache = new Cache(kind, log)
    const ended = reflect({
      kind,
      selection,
      client,
      sink: cache,
      clock,
      random,
      log,
      signal: AbortSignal.any([control.signal, own.signal]),
      silenceMs,
      watchTimeoutSeconds,
    })
    return { cache, ended, control: own }
  }

  return {
    of<K extends AnyKind>(kind: K, selection: Selection = {}): Informer<K> {
      if (control.signal.aborted)
        throw new Error(`Cannot follow ${JSON.stringify(kind.resource)}: informers have stopped`)
      const name = nameOf(kind, selection)
      let entry = running.get(name)
      if (!entry) {
        entry = start(kind, selection)
        running.set(name, entry)
      }
      return entry.cache as unknown as Informer<K>
    },
    started<K extends AnyKind>(kind: K): Cache<K> | undefined {
      return running.get(nameOf(kind, {}))?.cache as unknown as Cache<K> | undefined
    },
    drop(kind: AnyKind): void {
      for (const [name, entry] of running) {
        if (!name.startsWith(`${kind.resource}|${kind.version}|`)) continue
        running.delete(name)
        entry.control.abort(new Error('The kind is not served any more'))
        entry.cache.stop()
      }
    },
    async stop() {
      control.abort(new Error('Informers stop'))
      await Promise.all([...running.values()].map(({ ended }) => ended))
      for (const { cache } of running.values()) cache.stop()
    },
  }
}

const nameOf = (kind: AnyKind, { namespace = '', fieldSelector = '', labelSelector = '' }: Selection): string =>
  [kind.resource, kind.version, namespace, fieldSelector, labelSelector].join('|')

interface IndexTable<T> {
  readonly valuesOf: (object: T) => readonly string[]
  readonly buckets: Map<string, Map<string, T>>
}

/** Revisions are whole numbers of any length (KEP 5504): the longer one is the larger. */
export const isAtLeast = (have: string, want: string): boolean =>
  have.length === want.length ? have >= want : have.length > want.length

const byNamespace = 'namespace'
const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`
const none: readonly never[] = []

/** The copy itself. A `Sink` for the reflector, an `Informer` for everybody else. */
export class Cache<K extends AnyKind> implements Informer<K>, Sink<ObjectOf<K>> {
  readonly kind: K
  readonly synced: Promise<void>
  isSynced = false
  readonly #log: Log
  readonly #objects = new Map<string, ObjectOf<K>>()
  readonly #indexes = new Map<string, IndexTable<ObjectOf<K>>>()
  readonly #handlers = new Set<{ readonly call: InformerHandler<ObjectOf<K>> }>()
  /** By key: who waits for an object to be gone. */
  readonly #farewells = new Map<string, { readonly uid: string | undefined; readonly resolve: () => void }[]>()
  #waiting: { readonly resourceVersion: string; readonly resolve: () => void }[] = []
  #resourceVersion = ''
  #markSynced!: () => void

  constructor(kind: K, log: Log) {
    this.kind = kind
    this.#log = log
    this.synced = new Promise((resolve) => {
      this.#markSynced = resolve
    })
    this.addIndex(byNamespace, (object) => [object.metadata.namespace ?? ''])
  }

  get(namespace: string | undefined, name: string): ObjectOf<K> | undefined {
    return this.#objects.get(keyOf(namespace, name))
  }

  list(namespace?: string): readonly ObjectOf<K>[] {
    return namespace === undefined ? [...this.#objects.values()] : this.byIndex(byNamespace, namespace)
  }

  byIndex(index: string, value: string): readonly ObjectOf<K>[] {
    const table = this.#indexes.get(index)
    if (!table)
      throw new Error(`Informer of ${JSON.stringify(this.kind.resource)} has no index ${JSON.stringify(index)}`)
    const bucket = table.buckets.get(value)
    return bucket ? [...bucket.values()] : none
  }

  addIndex(name: string, valuesOf: (object: ObjectOf<K>) => readonly string[]): void {
    if (this.#indexes.has(name)) return
    const table: IndexTable<ObjectOf<K>> = { valuesOf, buckets: new Map() }
    this.#indexes.set(name, table)
    for (const [key, object] of this.#objects) file(table, key, undefined, object)
  }

  onChange(handler: InformerHandler<ObjectOf<K>>): () => void {
    const entry = { call: handler }
    for (const object of [...this.#objects.values()]) this.#call(entry.call, object, undefined)
    this.#handlers.add(entry)
    return () => void this.#handlers.delete(entry)
  }

  seen(resourceVersion: string): Promise<void> {
    if (isAtLeast(this.#resourceVersion, resourceVersion)) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ resourceVersion, resolve }))
  }

  /** Resolves once the object with this uid is not there any more, or is marked as being deleted. */
  deleted(namespace: string | undefined, name: string, uid: string | undefined): Promise<void> {
    const key = keyOf(namespace, name)
    if (isLeaving(this.#objects.get(key), uid)) return Promise.resolve()
    return new Promise((resolve) => {
      const waiting = this.#farewells.get(key)
      if (waiting) waiting.push({ uid, resolve })
      else this.#farewells.set(key, [{ uid, resolve }])
    })
  }

  replace(items: readonly ObjectOf<K>[], resourceVersion: string): void {
    const fresh = new Set<string>()
    const changes: (readonly [ObjectOf<K> | undefined, ObjectOf<K> | undefined])[] = []
    for (const item of items) {
      const key = keyOf(item.metadata.namespace, item.metadata.name ?? '')
      fresh.add(key)
      const old = this.#objects.get(key)
      if (old && isSame(old, item)) continue
      this.#put(key, item)
      if (old && old.metadata.uid !== item.metadata.uid) changes.push([undefined, old], [item, undefined])
      else changes.push([item, old])
    }
    for (const [key, old] of [...this.#objects]) {
      if (fresh.has(key)) continue
      this.#put(key, undefined)
      changes.push([undefined, old])
    }
    this.#progress(resourceVersion)
    this.isSynced = true
    for (const [next, old] of changes) this.#tell(next, old)
    this.#markSynced()
    this.#wake()
  }

  apply(events: readonly WatchEvent<ObjectOf<K>>[]): void {
    for (const event of events) {
      const { metadata } = event.object as ApiObject
      if (event.type !== 'BOOKMARK') {
        const key = keyOf(metadata.namespace, metadata.name ?? '')
        const old = this.#objects.get(key)
        const next = event.type === 'DELETED' ? undefined : (event.object as ObjectOf<K>)
        this.#put(key, next)
        this.#progress(metadata.resourceVersion ?? '')
        if (next || old) this.#tell(next, old)
      } else this.#progress(metadata.resourceVersion ?? '')
    }
    this.#wake()
  }

  /** Nobody waits for ever for what will not come any more. */
  stop(): void {
    for (const { resolve } of this.#waiting) resolve()
    this.#waiting = []
    for (const waiting of this.#farewells.values()) for (const { resolve } of waiting) resolve()
    this.#farewells.clear()
    this.#handlers.clear()
  }

  #put(key: string, next: ObjectOf<K> | undefined): void {
    const old = this.#objects.get(key)
    if (next) this.#objects.set(key, next)
    else this.#objects.delete(key)
    for (const table of this.#indexes.values()) file(table, key, old, next)
  }

  /** A list after the server was set back may show an older revision: it counts from there. */
  #progress(resourceVersion: string): void {
    if (resourceVersion !== '') this.#resourceVersion = resourceVersion
  }

  #wake(): void {
    for (const [key, waiting] of this.#farewells) {
      const still = waiting.filter(({ uid, resolve }) => {
        const leaving = isLeaving(this.#objects.get(key), uid)
        if (leaving) resolve()
        return !leaving
      })
      if (still.length === 0) this.#farewells.delete(key)
      else this.#farewells.set(key, still)
    }
    if (this.#waiting.length === 0) return
    const still = []
    for (const waiting of this.#waiting) {
      if (isAtLeast(this.#resourceVersion, waiting.resourceVersion)) waiting.resolve()
      else still.push(waiting)
    }
    this.#waiting = still
  }

  #tell(next: ObjectOf<K> | undefined, old: ObjectOf<K> | undefined): void {
    for (const { call } of [...this.#handlers]) this.#call(call, next, old)
  }

  #call(handler: InformerHandler<ObjectOf<K>>, next: ObjectOf<K> | undefined, old: ObjectOf<K> | undefined): void {
    try {
      handler(next, old)
    } catch (error) {
      this.#log.error('A handler of an informer threw', {
        kind: this.kind.resource,
        error,
      })
    }
  }
}

const isSame = (a: { metadata: Meta }, b: { metadata: Meta }): boolean =>
  a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion

const isLeaving = (object: ApiObject | undefined, uid: string | undefined): boolean =>
  !object || object.metadata.uid !== uid || object.metadata.deletionTimestamp !== undefined

type Meta = { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }

/** Moves an object from its old buckets to its new ones. */
function file<T>(table: IndexTable<T>, key: string, old: T | undefined, next: T | undefined): void {
  const before = old === undefined ? none : table.valuesOf(old)
  const after = next === undefined ? none : table.valuesOf(next)
  for (const value of before) {
    if (after.includes(value)) continue
    const bucket = table.buckets.get(value)
    bucket?.delete(key)
    if (bucket?.size === 0) table.buckets.delete(value)
  }
  if (next === undefined) return
  for (const value of after) {
    let bucket = table.buckets.get(value)
    if (!bucket) {
      bucket = new Map()
      table.buckets.set(value, bucket)
    }
    bucket.set(key, next)
  }
}
