// All objects in memory, in order of key, and the newest transactions: what every read and watch is answered from.
// A list at an older revision is today's list with the later transactions undone, so writing pays nothing for it.
// The past is bounded, in events and in the bytes of what it alone still holds.
//
// It shows only what it has been given by `apply`; stores give it what is durable.

import { SortedMap } from '#lib/sorted-map.ts'
import {
  Compacted,
  type Key,
  type ListOptions,
  type ListResult,
  type StoredObject,
  type StoreEvent,
  type Watch,
  type WatchOptions,
} from './store.ts'
import { resourceOf, Terms } from './terms.ts'
import type { Transaction } from './transaction.ts'
import { Watchers } from './watchers.ts'

export interface PastLimits {
  readonly events: number
  readonly bytes: number
  readonly ageMs: number
}

/** No page of a list and no watch may be older upstream either, where everything is compacted every five minutes. */
const ageMs = 10 * 60_000

export const defaultPastLimits: PastLimits = { events: 65_536, bytes: 64 * 1024 * 1024, ageMs }

/** Of fewer objects each is looked at: that costs less than to keep a table. */
const searchedObjects = 500

/** Beside its bytes, an overwritten object costs about this much. */
const overheadBytes = 256

export class Image {
  readonly #limits: PastLimits
  readonly #live = new SortedMap<StoredObject>()
  readonly #watchers = new Watchers()
  readonly #terms = new Terms()
  #revision: number
  /** Everything after this revision is known, so the state at it is too. */
  #floor: number
  /** Prefixes of which less is known, because their past is not kept on disk. */
  #laterFloors: { readonly prefix: string; readonly revision: number }[] = []
  #past: Transaction[] = []
  /** Where the past begins in `#past`; what stands before is let go of now and then. */
  #pastStart = 0
  #pastEvents = 0
  #pastBytes = 0

  constructor(limits: Partial<PastLimits> = {}, revision = 0) {
    this.#limits = { ...defaultPastLimits, ...limits }
    this.#revision = revision
    this.#floor = revision
  }

  get revision(): number {
    return this.#revision
  }

  get size(): number {
    return this.#live.size
  }

  get(key: Key): StoredObject | undefined {
    return this.#live.get(key)
  }

  count(prefix: string): number {
    return this.#live.count({ prefix })
  }

  list(options: ListOptions): ListResult {
    const { prefix, revision = this.#revision } = options
    if (revision > this.#revision)
      throw new RangeError(`Cannot list at revision ${revision}: the newest is ${this.#revision}`)
    if (revision < this.#floorOf(prefix)) throw new Compacted(this.#floorOf(prefix))
    return revision === this.#revision ? this.#listNow(options) : this.#listThen(options, revision)
  }

  watch(options: WatchOptions): Watch {
    const floor = this.#floorOf(options.prefix)
    if (options.after < floor) return this.#watchers.refuse(options, new Compacted(floor))
    const backlog: StoreEvent[] = []
    for (let i = this.#indexAfter(options.after); i < this.#past.length; i++)
      for (const event of this.#past[i]!.events) if (event.key.startsWith(options.prefix)) backlog.push(event)
    return this.#watchers.add(options, backlog, this.#revision)
  }

  /** Takes in what was stored before this process began; not a change, so nobody is told. */
  load(object: StoredObject): void {
    this.#live.set(object.key, object)
  }

  /** Goes on from a revision whose transactions have left no trace for the keys under these prefixes. */
  resumeAt(revision: number, unknownPrefixes: readonly string[]): void {
    this.#revision = revision
    this.#laterFloors = unknownPrefixes.map((prefix) => ({ prefix, revision }))
  }

  apply(transaction: Transaction): void {
    for (const { key, object, previous } of transaction.events) {
      if (object) this.#live.set(key, object)
      else this.#live.delete(key)
      this.#terms.changed(key, previous, object)
      this.#pastBytes += costOf(previous)
    }
    this.#revision = transaction.revision
    this.#past.push(transaction)
    this.#pastEvents += transaction.events.length
    const { events, bytes, ageMs } = this.#limits
    while (this.#pastEvents > events || this.#pastBytes > bytes) this.#forgetOldest()
    while (this.#past[this.#pastStart]!.timeMs < transaction.timeMs - ageMs) this.#forgetOldest()
    this.#watchers.tell(transaction.events)
  }

  compact(revision: number): void {
    const until = Math.min(revision, this.#revision)
    while (this.#pastStart < this.#past.length && this.#past[this.#pastStart]!.revision <= until) this.#forgetOldest()
    this.#floor = Math.max(this.#floor, until)
  }

  /** The transactions that are still known, newest first. */
  *past(): IterableIterator<Transaction> {
    for (let i = this.#past.length - 1; i >= this.#pastStart; i--) yield this.#past[i]!
  }

  endWatches(reason: Error): void {
    this.#watchers.endAll(reason)
  }

  #listNow(options: ListOptions): ListResult {
    const { prefix, after, limit = Number.POSITIVE_INFINITY, filter } = options
    const candidates = this.#candidates(options)
    if (candidates) {
      const matching = filter ? candidates.filter(filter) : candidates
      const items = matching.slice(0, limit)
      return { items, revision: this.#revision, more: matching.length > items.length, remaining: undefined }
    }
    const items: StoredObject[] = []
    let more = false
    this.#live.scan({ prefix, after }, (object) => {
      if (filter && !filter(object)) return true
      if (items.length >= limit) {
        more = true
        return false
      }
      items.push(object)
      return true
    })
    const last = items.at(-1)?.key ?? after
    const remaining = filter ? undefined : more ? this.#live.count({ prefix, after: last }) : 0
    return { items, revision: this.#revision, more, remaining }
  }

  /** Those that can match, in order, where they are found without looking at all. */
  #candidates({ prefix, after = '', having = [] }: ListOptions): StoredObject[] | undefined {
    if (having.length === 0 || prefix === '') return undefined
    const all = `${resourceOf(prefix)}/`
    const count = this.#live.count({ prefix: all })
    if (count < searchedObjects) return undefined
    const keys = this.#terms.find(all, having, (visit) => this.#live.scan({ prefix: all }, visit))
    // Most of all objects are found more quickly in their order.
    if (!keys || keys.length > count / 4) return undefined
    return keys
      .filter((key) => key > after && key.startsWith(prefix))
      .sort()
      .map((key) => this.#live.get(key)!)
  }

  #listThen({ prefix, after, limit = Number.POSITIVE_INFINITY, filter }: ListOptions, revision: number): ListResult {
    const undone = this.#undo(prefix, after, revision)
    const gone = [...undone.values()].filter((object) => object && !this.#live.has(object.key)) as StoredObject[]
    gone.sort((a, b) => (a.key < b.key ? -1 : 1))
    const items: StoredObject[] = []
    let matched = 0
    const take = (object: StoredObject | undefined) => {
      if (!object || (filter && !filter(object))) return
      if (matched++ < limit) items.push(object)
    }
    let nextGone = 0
    this.#live.scan({ prefix, after }, (object, key) => {
      while (nextGone < gone.length && gone[nextGone]!.key < key) take(gone[nextGone++])
      take(undone.has(key) ? undone.get(key) : object)
      // With a filter the rest is not counted, so one more than the limit is enough to know of.
      return !filter || matched <= limit
    })
    while (nextGone < gone.length) take(gone[nextGone++])
    const more = matched > items.length
    return { items, revision, more, remaining: filter ? undefined : matched - items.length }
  }

  /** What the keys that have changed since then held then. */
  #undo(prefix: string, after: Key | undefined, revision: number): Map<Key, StoredObject | undefined> {
    const undone = new Map<Key, StoredObject | undefined>()
    const end = this.#indexAfter(revision)
    for (let i = this.#past.length - 1; i >= end; i--)
      for (const { key, previous } of this.#past[i]!.events)
        if (key.startsWith(prefix) && (after === undefined || key > after)) undone.set(key, previous)
    return undone
  }

  #floorOf(prefix: string): number {
    let floor = this.#floor
    for (const later of this.#laterFloors)
      if (prefix.startsWith(later.prefix) || later.prefix.startsWith(prefix)) floor = Math.max(floor, later.revision)
    return floor
  }

  /** The index in `#past` of the first transaction after this revision. */
  #indexAfter(revision: number): number {
    let low = this.#pastStart
    let high = this.#past.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#past[middle]!.revision <= revision) low = middle + 1
      else high = middle
    }
    return low
  }

  #forgetOldest(): void {
    const { events, revision } = this.#past[this.#pastStart++]!
    for (const { previous } of events) this.#pastBytes -= costOf(previous)
    this.#pastEvents -= events.length
    this.#floor = revision
    // Moved down when half of the array is let go of: each entry moves about once.
    if (this.#pastStart < 1024 || this.#pastStart * 2 < this.#past.length) {
      this.#past[this.#pastStart - 1] = forgotten
    } else {
      this.#past = this.#past.slice(this.#pastStart)
      this.#pastStart = 0
    }
  }
}

const forgotten: Transaction = { revision: 0, timeMs: 0, actor: { user: '', client: '' }, events: [] }

const costOf = (previous: StoredObject | undefined): number =>
  previous ? previous.bytes.byteLength + overheadBytes : overheadBytes
