// A kind that is another face of a stored one, as events.k8s.io's Event is of the core's: what is read of the
// stored kind is shown as the face, object by object, and each is converted once.
//
// Where somebody outside converts, a read that meets objects of which no view is known yet ends with `Unconverted`;
// `Face.read` then asks for these, all at once, and reads again. Nothing waits inside of the store.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { ListOptions, ListResult, Store, StoredObject, StoreEvent, Watch, WatchOptions } from '#store/store.ts'

/** A watch that may have more to tell than it has told. */
export interface ViewWatch extends Watch {
  /** Everything up to this revision has been told; undefined: everything that the store has. */
  readonly told?: number | undefined
}

/** What a registry reads with. */
export interface Reads extends Pick<Store, 'get' | 'list' | 'count' | 'revision'> {
  watch(options: WatchOptions): ViewWatch
}

/** Asks whoever converts objects of the kind for objects of a version, in the same order. */
export type Convert = (kind: AnyKind, objects: readonly ApiObject[], desired: string) => Promise<readonly ApiObject[]>

/** Thrown by reads outside of `Face.read`, which may ask themselves and read again. */
export class Unconverted extends Error {
  /** Asks for what was missing. */
  readonly learn: () => Promise<void>
  constructor(learn: () => Promise<void>) {
    super('Objects have to be converted first')
    this.learn = learn
  }
}

export interface FaceOptions {
  readonly kind: AnyKind
  readonly objectOf: (stored: StoredObject) => ApiObject
  /** Makes bytes and index of an object of the face. */
  readonly encode: (object: ApiObject) => Pick<StoredObject, 'bytes' | 'index' | 'value'>
  readonly convert: Convert | undefined
}

/** How many objects are asked for at a time. */
const batchSize = 500
/** Each attempt needs objects that have come since the last; this is for the unforeseen. */
const attempts = 100
/** A watch that is further behind than this ends. */
const waitingBatches = 4096

export class Face {
  /** Somebody outside converts. */
  readonly asks: boolean
  readonly #options: FaceOptions
  readonly #selects: boolean
  readonly #views = new WeakMap<StoredObject, StoredObject>()
  /** What is being asked for. */
  readonly #coming = new Map<StoredObject, Promise<void>>()

  constructor(options: FaceOptions) {
    this.#options = options
    this.asks = options.kind.storedAs?.webhook !== undefined
    this.#selects = Object.keys(options.kind.selectableFields).length > 0
  }

  /** Undefined where it has to be asked for. */
  known(stored: StoredObject): StoredObject | undefined {
    const known = this.#views.get(stored)
    if (known) return known
    const object = this.#options.objectOf(stored)
    if (this.asks && object.apiVersion !== this.#options.kind.apiVersion) return undefined
    return this.#show(stored, object)
  }

  view(stored: StoredObject): StoredObject {
    const known = this.known(stored)
    if (!known) throw new Unconverted(() => this.learn([stored]))
    return known
  }

  #show(stored: StoredObject, object: ApiObject): StoredObject {
    const { kind, encode } = this.#options
    const { key, revision, createdRevision } = stored
    const shown = kind.storedAs!.fromStored(object)
    // What the face shows as it is stored needs no second copy, unless its fields can be selected by.
    const same = shown === object && object === this.#options.objectOf(stored) && !this.#selects
    const view: StoredObject = same
      ? stored
      : { ...encode(shown === object ? { ...object } : shown), key, revision, createdRevision }
    this.#views.set(stored, view)
    return view
  }

  /** What `work` reads, and what it gives; it may run more than once. */
  read<T>(work: () => T): T | Promise<T> {
    if (!this.asks) return work()
    return this.#readAgain(work)
  }

  async #readAgain<T>(work: () => T): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return work()
      } catch (error) {
        if (!(error instanceof Unconverted) || attempt >= attempts) throw error
        await error.learn()
      }
    }
  }

  async learn(objects: readonly StoredObject[]): Promise<void> {
    const wanted = [...new Set(objects)].filter((stored) => this.known(stored) === undefined)
    const fresh = wanted.filter((stored) => !this.#coming.has(stored))
    for (let from = 0; from < fresh.length; from += batchSize) {
      const batch = fresh.slice(from, from + batchSize)
      const asked = this.#ask(batch)
      for (const stored of batch) this.#coming.set(stored, asked)
      try {
        await asked
      } finally {
        for (const stored of batch) this.#coming.delete(stored)
      }
    }
    await Promise.all(wanted.map((stored) => this.#coming.get(stored)))
  }

  async #ask(batch: readonly StoredObject[]): Promise<void> {
    const { kind, objectOf, convert } = this.#options
    const objects = batch.map((stored) => kind.storedAs!.webhook!.declared(objectOf(stored)))
    const converted = await convert!(kind, objects, kind.apiVersion)
    batch.forEach((stored, i) => {
      this.#show(stored, converted[i]!)
    })
  }

  reads(store: Store): Reads {
    const maybe = (stored: StoredObject | undefined) => stored && this.view(stored)
    return {
      get revision() {
        return store.revision
      },
      count: (prefix) => store.count(prefix),
      get: (key) => maybe(store.get(key)),
      list: (options) => this.#list(store, options),
      watch: (options) => (this.asks ? new ConvertedWatch(this, store, options) : this.#watch(store, options)),
    }
  }

  #list(store: Store, options: ListOptions): ListResult {
    const missing: StoredObject[] = []
    const shown = (stored: StoredObject): StoredObject | undefined => {
      const view = this.known(stored)
      if (!view) missing.push(stored)
      return view
    }
    const { filter } = options
    const fits = (stored: StoredObject): boolean => {
      const view = shown(stored)
      return view !== undefined && filter!(view)
    }
    // What is searched for is in the view; the store's tables are of what is stored.
    const result = store.list({ ...options, ...(filter ? { filter: fits } : {}), having: undefined })
    const items = result.items.map(shown)
    if (missing.length > 0) throw new Unconverted(() => this.learn(missing))
    return { ...result, items: items as StoredObject[] }
  }

  #watch(store: Store, options: WatchOptions): Watch {
    return store.watch({ ...options, onEvents: (events) => options.onEvents(events.map((event) => this.event(event))) })
  }

  event(event: StoreEvent): StoreEvent {
    const { object, previous } = event
    return { ...event, object: object && this.view(object), previous: previous && this.view(previous) }
  }
}

/** Tells of changes in their order, however long one of them has to be waited for. */
class ConvertedWatch implements ViewWatch {
  readonly #face: Face
  readonly #options: WatchOptions
  readonly #watch: Watch
  #waiting: (readonly StoreEvent[])[] = []
  #told: number
  #working = false
  #stopped = false

  constructor(face: Face, store: Store, options: WatchOptions) {
    this.#face = face
    this.#options = options
    this.#told = options.after
    this.#watch = store.watch({
      prefix: options.prefix,
      after: options.after,
      onEvents: (events) => this.#hear(events),
      onEnd: (reason) => this.#end(reason),
    })
  }

  get told(): number | undefined {
    return this.#working ? this.#told : undefined
  }

  stop(): void {
    this.#stopped = true
    this.#waiting = []
    this.#watch.stop()
  }

  #end(reason: Error): void {
    if (this.#stopped) return
    this.stop()
    this.#options.onEnd(reason)
  }

  #hear(events: readonly StoreEvent[]): void {
    this.#waiting.push(events)
    if (this.#waiting.length > waitingBatches)
      this.#end(new Error('Objects are changed faster than they are converted'))
    else if (!this.#working) void this.#work()
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      for (let events = this.#waiting.shift(); events; events = this.#waiting.shift()) {
        const objects = events.flatMap(({ object, previous }) => [object, previous].filter((one) => one !== undefined))
        const missing = objects.filter((stored) => this.#face.known(stored) === undefined)
        if (missing.length > 0) await this.#face.learn(missing)
        if (this.#stopped) return
        const next = events.map((event) => this.#face.event(event))
        this.#told = next.at(-1)?.revision ?? this.#told
        this.#options.onEvents(next)
      }
    } catch (error) {
      this.#end(error as Error)
    } finally {
      this.#working = false
    }
  }
}
