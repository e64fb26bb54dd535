// One watch on the store per kind, shared by all who watch that kind. Watchers that look at one namespace, one
// name or one node are kept apart, so that a change reaches only those whom it can concern. The newest changes
// are remembered, so that a watcher that comes back a little later goes on from memory; one that comes from
// further back is first served from the store's history and then joins.
//
// Guarantees: every change after the given revision once, in order; or the end. A watcher that does not read is
// ended when its queue is full.

import { AsyncBuffer } from '#lib/async-buffer.ts'
import type { StoreEvent } from '#store/store.ts'
import { Change, type EventType } from './change.ts'
import type { Reads, ViewWatch } from './face.ts'
import { bucketsOf, type Selection } from './selection.ts'

export type WatchItem =
  | { readonly type: EventType; readonly change: Change }
  | { readonly type: 'BOOKMARK'; readonly revision: number }

const rememberedChanges = 512
/** How many of the newest changes keep what has been encoded of them, for watchers that are a little behind. */
const encodedChanges = 32
const queueLimit = 4096

/** One client's watch; iterating over `items` gives what has come since, all at once. */
export class Watcher {
  readonly items: AsyncBuffer<WatchItem>
  readonly #selection: Selection
  /** Changes up to this revision are not wanted. */
  #after: number
  /** The newest revision that the client has been told of. */
  #told: number
  /** What it hears from, which may have more to tell. */
  #source: ViewWatch | undefined

  constructor(selection: Selection, after: number, onClose: () => void) {
    this.items = new AsyncBuffer({ limit: queueLimit, onClose })
    this.#selection = selection
    this.#after = after
    this.#told = after
  }

  get bucket(): string {
    return this.#selection.bucket
  }

  offer(change: Change): void {
    if (change.revision <= this.#after) return
    const is = change.object !== undefined && this.#selection.matches(change.object)
    const was = change.previous !== undefined && this.#selection.matches(change.previous)
    const type = is ? (was ? 'MODIFIED' : 'ADDED') : was ? 'DELETED' : undefined
    if (type === undefined) return
    this.#told = change.revision
    this.items.push({ type, change })
  }

  /** Tells how far the watch has come, unless the client knows: that is as far as the store's revision that is given,
   *  if nothing before it is still on its way here. */
  bookmark(revision: number): void {
    const reached = Math.min(revision, this.#source?.told ?? revision)
    if (reached <= this.#told) return
    this.#told = reached
    this.items.push({ type: 'BOOKMARK', revision: reached })
  }

  listenTo(source: ViewWatch | undefined): void {
    this.#source = source
  }

  /** Served from elsewhere up to this revision. */
  skipTo(revision: number): void {
    this.#after = revision
  }
}

export class WatchHub {
  readonly #store: Reads
  readonly #prefix: string
  readonly #buckets = new Map<string, Set<Watcher>>()
  #watch: ViewWatch | undefined
  /** Changes after this revision are remembered. */
  #since = 0
  #remembered: Change[] = []
  /** All of them, those too that are still being served from history. */
  readonly #watchers = new Set<Watcher>()

  constructor(store: Reads, prefix: string) {
    this.#store = store
    this.#prefix = prefix
  }

  get watchers(): number {
    return this.#watchers.size
  }

  /** Everything after `revision` that the selection sees. */
  join(selection: Selection, revision: number): Watcher {
    let history: ViewWatch | undefined
    const watcher = new Watcher(selection, revision, () => {
      history?.stop()
      this.#leave(watcher)
    })
    this.#watchers.add(watcher)
    this.#listen()
    if (revision >= this.#since) {
      this.#attach(watcher, revision)
      return watcher
    }
    history = this.#store.watch({
      prefix: this.#prefix,
      after: revision,
      onEvents: (events) => {
        for (const event of events) watcher.offer(new Change(event))
        const last = events.at(-1)?.revision ?? 0
        if (last < this.#since || watcher.items.closed) return
        history?.stop()
        this.#attach(watcher, last)
      },
      onEnd: (reason) => watcher.items.end(reason),
    })
    watcher.listenTo(history)
    if (watcher.items.closed) history.stop()
    return watcher
  }

  /** Ends all watches: the server stops. */
  stop(): void {
    this.#watch?.stop()
    this.#watch = undefined
    this.#endAll()
  }

  #endAll(reason?: Error): void {
    for (const watcher of [...this.#watchers]) watcher.items.end(reason)
  }

  #attach(watcher: Watcher, after: number): void {
    watcher.skipTo(after)
    watcher.listenTo(this.#watch)
    for (const change of this.#remembered) if (change.revision > after) watcher.offer(change)
    if (watcher.items.closed) return
    const bucket = this.#buckets.get(watcher.bucket)
    if (bucket) bucket.add(watcher)
    else this.#buckets.set(watcher.bucket, new Set([watcher]))
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher)
    const bucket = this.#buckets.get(watcher.bucket)
    if (bucket?.delete(watcher) && bucket.size === 0) this.#buckets.delete(watcher.bucket)
  }

  #listen(): void {
    if (this.#watch) return
    this.#since = this.#store.revision
    this.#remembered = []
    this.#watch = this.#store.watch({
      prefix: this.#prefix,
      after: this.#since,
      onEvents: (events) => this.#dispatch(events),
      onEnd: (reason) => {
        this.#watch = undefined
        this.#endAll(reason)
      },
    })
  }

  #dispatch(events: readonly StoreEvent[]): void {
    for (const event of events) {
      const change = new Change(event)
      this.#remembered.push(change)
      this.#remembered[this.#remembered.length - 1 - encodedChanges]?.release()
      for (const name of bucketsOf(event)) {
        const bucket = this.#buckets.get(name)
        if (bucket) for (const watcher of bucket) watcher.offer(change)
      }
    }
    if (this.#remembered.length > 2 * rememberedChanges) {
      const forgotten = this.#remembered.length - rememberedChanges
      this.#since = this.#remembered[forgotten - 1]!.revision
      this.#remembered = this.#remembered.slice(forgotten)
    }
  }
}
