// Everything generic about one kind in the store: its keys, its bytes and how a list is read. An object is
// encoded once, when it is written; from then on its bytes are what every reader gets. They begin with kind and
// apiVersion, so that the item of a list is the same bytes without their beginning.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import { notFound } from '#api/status-error.ts'
import { equalJson } from '#lib/json.ts'
import { type Encoded, type Index, keyOf, type Store, type StoredObject } from '#store/store.ts'
import { type Convert, Face, type Reads } from './face.ts'
import { RecentObjects } from './recent-objects.ts'
import type { Selection } from './selection.ts'
import { Decoded, objectOf, parseBytes } from './stored.ts'
import { WatchHub } from './watch-hub.ts'

const noLabels: Readonly<Record<string, string>> = Object.freeze({})

/** What the store keeps beside the bytes of an object of this kind. */
export function indexOf(kind: AnyKind, object: ApiObject): Index {
  const fields: Record<string, string> = {}
  for (const [field, valueOf] of Object.entries(kind.selectableFields)) {
    const value = valueOf(object)
    if (value !== undefined && value !== '') fields[field] = value
  }
  return { labels: object.metadata.labels ?? noLabels, fields }
}

const encoder = new TextEncoder()

const resourceVersionText = (revision: number): string => `"resourceVersion":"${revision}"`

type Encoder = (revision: number) => Encoded

export class Registry {
  readonly kind: AnyKind
  readonly hub: WatchHub
  /** What all of this kind's keys begin with. */
  readonly prefix: string
  /** How many bytes of an object are not part of a list's item: `{"kind":...,"apiVersion":...,`. */
  readonly headerBytes: number
  /** The store as far as this kind is concerned. */
  readonly reads: Reads
  readonly #header: string
  /** Where the objects of a kind live that is only another face of a stored one. */
  readonly #storage: Registry | undefined
  readonly #face: Face | undefined
  readonly #convert: Convert | undefined
  readonly #recent: RecentObjects

  constructor(kind: AnyKind, store: Store, convert?: Convert, recent = new RecentObjects()) {
    this.kind = kind
    this.#recent = recent
    this.#storage = kind.storedAs ? new Registry(kind.storedAs.kind, store) : undefined
    this.#convert = convert
    const encode = (object: ApiObject) => this.#encoded(object)
    this.#face = this.#storage && new Face({ kind, objectOf, encode, convert })
    this.reads = this.#face?.reads(store) ?? store
    this.prefix = this.#storage?.prefix ?? `${kind.resource}/`
    this.hub = new WatchHub(this.reads, this.prefix)
    this.#header = `{"kind":${JSON.stringify(kind.kind)},"apiVersion":${JSON.stringify(kind.apiVersion)},`
    // As upstream, whose custom resources say in a list too what they are.
    this.headerBytes = kind.custom ? 1 : this.#header.length
  }

  /** What `work` reads, once everything that it meets has been converted. Without it a read of a kind that a webhook
   *  converts ends with an error. */
  read<T>(work: () => T): T | Promise<T> {
    return this.#face ? this.#face.read(work) : work()
  }

  key(namespace: string, name: string): string {
    return keyOf(this.prefix.slice(0, -1), this.kind.namespaced ? namespace : '', name)
  }

  find(namespace: string, name: string): StoredObject | undefined {
    return this.reads.get(this.key(namespace, name))
  }

  get(namespace: string, name: string): StoredObject {
    const stored = this.find(namespace, name)
    if (!stored) throw notFound(this.kind, name)
    return stored
  }

  /** The prefix under which the selected objects stand. */
  prefixOf(namespace: string): string {
    return this.kind.namespaced && namespace !== '' ? `${this.prefix}${namespace}/` : this.prefix
  }

  /** The only object that a selection by name can show; undefined when it may show others. */
  selectOne(selection: Selection): readonly StoredObject[] | undefined {
    const { name, namespace } = selection
    if (name === undefined || (this.kind.namespaced && namespace === '')) return undefined
    const stored = this.find(namespace, name)
    return stored && selection.matchesSelectors(stored) ? [stored] : []
  }

  /** What is there now and matches; without bound, for use inside the server. */
  select(selection: Selection): readonly StoredObject[] {
    const one = this.selectOne(selection)
    if (one) return one
    return this.reads.list({
      prefix: this.prefixOf(selection.namespace),
      filter: selection.filters ? (stored) => selection.matchesSelectors(stored) : undefined,
      having: selection.terms,
    }).items
  }

  objectOf(stored: StoredObject): ApiObject {
    return objectOf(stored)
  }

  /** An object's JSON as it stands in the store. */
  #text(object: ApiObject): string {
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = object
    return `${this.#header}${JSON.stringify(rest).slice(1)}`
  }

  /** The draft in the form in which it is stored, for `encode`. */
  toStored(draft: ApiObject): ApiObject | Promise<ApiObject> {
    const { storedAs, apiVersion, kind } = this.kind
    if (!storedAs) return draft
    const { apiVersion: stored } = storedAs.kind
    if (!storedAs.webhook || apiVersion === stored) return storedAs.toStored(draft)
    return this.#convert!(this.kind, [{ ...draft, apiVersion, kind }], stored).then(([one]) => storedAs.toStored(one!))
  }

  /** An object of a kind that shares this one's storage, as this one shows it; `bare`: without defaults. */
  present(object: ApiObject, from: AnyKind, bare = false): ApiObject | Promise<ApiObject> {
    const { storedAs, apiVersion } = this.kind
    if (from === this.kind) return object
    const shown = (stored: ApiObject): ApiObject => (storedAs ? storedAs.fromStored(stored, bare) : stored)
    if (!storedAs?.webhook) return shown(from.storedAs ? from.storedAs.toStored(object, bare) : object)
    const asked = { ...object, apiVersion: from.apiVersion, kind: from.kind }
    return this.#convert!(this.kind, [asked], apiVersion).then(([one]) => shown(one!))
  }

  /** Gives what `toStored` made its revision: it is the stored object from now on, and nobody's to change. */
  encode(draft: ApiObject, revision: number): Encoded {
    draft.metadata.resourceVersion = String(revision)
    return (this.#storage ?? this).#encoded(draft)
  }

  /** What a commit has stored, as an object of this kind. */
  view(stored: StoredObject): StoredObject {
    return this.#face ? this.#face.view(stored) : stored
  }

  /** How to encode what is to stand where `stored` does; undefined when that would change nothing. Nearly all of
   *  the text is the same whatever the revision will be, so it is made once. */
  encoderFor(draft: ApiObject, stored: StoredObject): Encoder | Promise<Encoder> | undefined {
    const before = resourceVersionText(stored.revision)
    draft.metadata.resourceVersion = String(stored.revision)
    const text = this.#text(draft)
    if (Buffer.byteLength(text) === stored.bytes.length) {
      // Defaults stand behind what a client has sent, and where they belong once it has been read again.
      if (Buffer.from(text).equals(stored.bytes) || equalJson(draft, objectOf(stored))) return undefined
    }
    // Only names and the UID stand before it, and no quote can be in them.
    const at = text.indexOf(before, this.#header.length)
    if (this.#storage) return this.#storedEncoder(draft)
    if (at < 0) return (revision) => this.encode(draft, revision)
    return (revision) => {
      draft.metadata.resourceVersion = String(revision)
      const next = text.slice(0, at) + resourceVersionText(revision) + text.slice(at + before.length)
      const encoded = this.#encoded(draft, next)
      this.#recent.keep(stored.key, draft, encoded.bytes.length)
      return encoded
    }
  }

  #storedEncoder(draft: ApiObject): Encoder | Promise<Encoder> {
    const encoder =
      (next: ApiObject): Encoder =>
      (revision) =>
        this.encode(next, revision)
    const next = this.toStored(draft)
    return next instanceof Promise ? next.then(encoder) : encoder(next)
  }

  /** A draft in the form of a stored object, for the answer to a dry run or of what has just been deleted. */
  unsaved(draft: ApiObject, revision?: number): StoredObject {
    if (revision !== undefined) draft.metadata.resourceVersion = String(revision)
    else if (draft.metadata.resourceVersion === '') delete draft.metadata.resourceVersion
    const { namespace = '', name = '' } = draft.metadata
    return { ...this.#encoded(draft), key: this.key(namespace, name), revision: revision ?? 0, createdRevision: 0 }
  }

  #encoded(draft: ApiObject, text = this.#text(draft)): Encoded {
    draft.kind = this.kind.kind
    draft.apiVersion = this.kind.apiVersion
    const bytes = encoder.encode(text)
    // One who looks at the object later may be given it as it is, as long as it is held.
    return { bytes, index: indexOf(this.kind, draft), value: new Decoded(bytes, draft) }
  }

  /** What `encode` gave, from the bytes alone: for a store that opens existing data. */
  restore(bytes: Uint8Array): { index: Index; value: unknown } {
    return { index: indexOf(this.kind, parseBytes(bytes)), value: new Decoded(bytes) }
  }
}
