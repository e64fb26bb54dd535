// The store that lives in memory alone: for tests, simulations and clusters that nobody needs tomorrow. A change is
// visible, and as durable as it will ever be, when `commit` returns its promise.

import type { Clock } from '#lib/clock.ts'
import { Image, type PastLimits } from './image.ts'
import type {
  Actor,
  Change,
  CommitResult,
  Key,
  ListOptions,
  ListResult,
  Revision,
  Store,
  StoredObject,
  Watch,
  WatchOptions,
} from './store.ts'
import { type Origin, prepare } from './transaction.ts'

export class MemoryStore implements Store {
  readonly #clock: Clock
  readonly #image: Image
  /** Who made an object and when, for as long as the object is held by anyone. */
  readonly #origins = new WeakMap<StoredObject, Origin>()
  #closed = false

  constructor(clock: Clock, limits: Partial<PastLimits> = {}) {
    this.#clock = clock
    this.#image = new Image(limits)
  }

  get revision(): number {
    return this.#image.revision
  }

  get(key: Key): StoredObject | undefined {
    return this.#image.get(key)
  }

  list(options: ListOptions): ListResult {
    return this.#image.list(options)
  }

  count(prefix: string): number {
    return this.#image.count(prefix)
  }

  async commit(changes: readonly Change[], actor: Actor): Promise<CommitResult> {
    if (this.#closed) throw new Error('Cannot commit: the store is closed')
    const revision = this.#image.revision + 1
    const prepared = prepare(changes, (key) => this.#image.get(key), revision)
    if (!prepared.ok) return prepared
    const { events, objects } = prepared
    if (events.length === 0) return { ok: true, revision: this.#image.revision, objects }
    const origin: Origin = { timeMs: this.#clock.now(), actor }
    for (const { object } of events) if (object) this.#origins.set(object, origin)
    this.#image.apply({ revision, ...origin, events })
    return { ok: true, revision, objects }
  }

  watch(options: WatchOptions): Watch {
    return this.#image.watch(options)
  }

  async history(key: Key, limit = Number.POSITIVE_INFINITY): Promise<readonly Revision[]> {
    const found: Revision[] = []
    const addObject = (object: StoredObject | undefined) => {
      const origin = object && this.#origins.get(object)
      if (origin) found.push({ revision: object.revision, key, ...origin, bytes: object.bytes })
    }
    addObject(this.#image.get(key))
    for (const { events, revision, timeMs, actor } of this.#image.past()) {
      if (found.length >= limit) break
      const event = events.find((each) => each.key === key)
      if (!event) continue
      if (!event.object) found.push({ revision, key, timeMs, actor, bytes: undefined })
      addObject(event.previous)
    }
    return found.slice(0, limit)
  }

  async compact(revision: number): Promise<void> {
    this.#image.compact(revision)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#image.endWatches(new Error('The store is closed'))
  }
}
