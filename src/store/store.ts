// The store knows keys, bytes and revisions, and nothing of kinds. All reads are answered from an image in
// memory, which shows only what is durable; writes are transactions that compare revisions. Each successful
// transaction gets the next revision, and every change is kept, with who made it, until it is compacted.
//
// Guarantees, for every implementation (they are the cases in store.cases.ts):
//  - a commit that has resolved survives the loss of the process and of the machine's power;
//  - a reader never sees a change that could still be lost;
//  - a watch from revision R delivers every change after R, once, in order of revision, or ends with `Compacted`;
//  - revisions rise by one per transaction, and a key's revision is that of its last change.

/** Where an object lives: `<resource>/<namespace>/<name>`, or `<resource>//<name>` without a namespace, where
 *  resource is as in `deployments.apps`. Keys are ordered as text; a prefix ends in a slash. */
export type Key = string

export const keyOf = (resource: string, namespace: string | undefined, name: string): Key =>
  `${resource}/${namespace ?? ''}/${name}`

/** What can be asked of an object without decoding it. */
export interface Index {
  readonly labels: Readonly<Record<string, string>>
  /** The values of the kind's selectable fields. */
  readonly fields: Readonly<Record<string, string>>
}

/** What a writer hands over. The bytes hold the revision, so they are made once it is known. */
export interface Encoded {
  readonly bytes: Uint8Array
  readonly index: Index
  /** The decoded, frozen object, so that readers in this process need not decode again. */
  readonly value: unknown
}

/** One version of one object. Immutable. */
export interface StoredObject extends Encoded {
  readonly key: Key
  readonly revision: number
  readonly createdRevision: number
}

export interface Change {
  readonly key: Key
  /** The revision that the key must have now; 0: it must not exist; undefined: anything. */
  readonly expect?: number | undefined
  /** The new content, or `undefined` to delete. Called once, synchronously, when the revision is known. */
  readonly put?: ((revision: number) => Encoded) | undefined
}

/** Who writes: kept with the revision, for history. */
export interface Actor {
  readonly user: string
  readonly client: string
}

export type CommitResult =
  | { readonly ok: true; readonly revision: number; readonly objects: readonly (StoredObject | undefined)[] }
  /** The first change whose `expect` did not hold; `current` is what stands there now. */
  | { readonly ok: false; readonly key: Key; readonly current: StoredObject | undefined }

export interface ListOptions {
  readonly prefix: string
  /** Only keys after this one. */
  readonly after?: Key | undefined
  readonly limit?: number | undefined
  /** As things stood at this revision; now, unless given. Throws `Compacted` when it is no longer known. */
  readonly revision?: number | undefined
  readonly filter?: ((object: StoredObject) => boolean) | undefined
  /** What every object that the filter lets through has in its index: many objects need not be looked at then. */
  readonly having?: readonly Term[] | undefined
}

/** A label or a field that has one of these values. */
export interface Term {
  readonly part: keyof Index
  readonly name: string
  readonly values: readonly string[]
}

export interface ListResult {
  readonly items: readonly StoredObject[]
  /** The revision that the list shows. */
  readonly revision: number
  /** True when `limit` cut it short. */
  readonly more: boolean
  /** How many keys of the prefix come after the last item; counted only without a filter. */
  readonly remaining: number | undefined
}

export interface StoreEvent {
  readonly key: Key
  readonly revision: number
  /** What stands there now; undefined: deleted. */
  readonly object: StoredObject | undefined
  /** What stood there before; undefined: created. */
  readonly previous: StoredObject | undefined
}

export interface WatchOptions {
  readonly prefix: string
  /** Deliver what changed after this revision. */
  readonly after: number
  /** Called with one or more events in order; never from within `watch` itself. */
  readonly onEvents: (events: readonly StoreEvent[]) => void
  /** Called when the watch cannot go on; no event follows. */
  readonly onEnd: (reason: Error) => void
}

export interface Watch {
  stop(): void
}

/** The revision asked for has been compacted away: the client must list again. */
export class Compacted extends Error {
  readonly oldestRevision: number
  constructor(oldestRevision: number) {
    super(`The oldest known revision is ${oldestRevision}`)
    this.name = 'Compacted'
    this.oldestRevision = oldestRevision
  }
}

export interface Revision {
  readonly revision: number
  readonly key: Key
  readonly timeMs: number
  readonly actor: Actor
  /** Undefined: the change was a deletion. */
  readonly bytes: Uint8Array | undefined
}

export interface Store {
  /** The revision of the newest change that readers can see. */
  readonly revision: number
  get(key: Key): StoredObject | undefined
  list(options: ListOptions): ListResult
  count(prefix: string): number
  /** All changes or none. Rejects only when the store itself fails. */
  commit(changes: readonly Change[], actor: Actor): Promise<CommitResult>
  watch(options: WatchOptions): Watch
  /** What is kept of a key's past, newest first. */
  history(key: Key, limit?: number): Promise<readonly Revision[]>
  /** Forgets what was overwritten or deleted before `revision`. */
  compact(revision: number): Promise<void>
  /** Waits for writes in flight, then lets go of everything. */
  close(): Promise<void>
}

/** Rebuilds what is not kept on disk from an object's bytes; given to a store that opens existing data. */
export type Indexer = (key: Key, bytes: Uint8Array) => { readonly index: Index; readonly value: unknown }
