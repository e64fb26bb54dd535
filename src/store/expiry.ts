// Deletes what has not been changed for a given time, as upstream does with events after an hour: not kept on and
// on, and not renewed by being read. After a restart the time begins anew, since the store does not say when.
// Works on any store: it is a watch and one timer, and costs nothing while nothing expires.

import type { Clock, Timer } from '#lib/clock.ts'
import { Compacted, type Key, type Store, type StoreEvent, type Watch } from './store.ts'

export interface ExpiryOptions {
  readonly prefix: string
  readonly ttlMs: number
}

const actor = { user: 'system:apiserver', client: 'expiry' }

/** Deletions under way at a time: enough to share a transaction, not enough to hold up others. */
const deletionsAtOnce = 256

export class Expiry {
  readonly #store: Store
  readonly #clock: Clock
  readonly #options: ExpiryOptions
  /** In the order in which they are due: what changes goes to the end. */
  readonly #due = new Map<Key, { readonly revision: number; readonly dueMs: number }>()
  #watch: Watch | undefined
  #timer: Timer | undefined
  #isStopped = false

  constructor(store: Store, clock: Clock, options: ExpiryOptions) {
    this.#store = store
    this.#clock = clock
    this.#options = options
    this.#start()
  }

  stop(): void {
    this.#isStopped = true
    this.#watch?.stop()
    this.#timer?.cancel()
    this.#due.clear()
  }

  #start(): void {
    const { prefix } = this.#options
    const { items, revision } = this.#store.list({ prefix })
    const before = new Map(this.#due)
    this.#due.clear()
    // What is known keeps its time; only then comes what is new, so the order stays that of being due.
    for (const [key, entry] of before) if (this.#store.get(key)?.revision === entry.revision) this.#due.set(key, entry)
    for (const item of items) if (!this.#due.has(item.key)) this.#touch(item.key, item.revision)
    this.#watch = this.#store.watch({
      prefix,
      after: revision,
      onEvents: (events) => this.#take(events),
      onEnd: (reason) => {
        if (reason instanceof Compacted && !this.#isStopped) this.#start()
        else this.stop()
      },
    })
    this.#arm()
  }

  #take(events: readonly StoreEvent[]): void {
    for (const { key, revision, object } of events) {
      this.#due.delete(key)
      if (object) this.#touch(key, revision)
    }
    this.#arm()
  }

  #touch(key: Key, revision: number): void {
    this.#due.set(key, { revision, dueMs: this.#clock.monotonic() + this.#options.ttlMs })
  }

  #arm(): void {
    if (this.#timer || this.#isStopped) return
    for (const { dueMs } of this.#due.values()) {
      this.#timer = this.#clock.after(dueMs - this.#clock.monotonic(), () => void this.#expire())
      return
    }
  }

  async #expire(): Promise<void> {
    const nowMs = this.#clock.monotonic()
    const deletions: Promise<unknown>[] = []
    for (const [key, { revision, dueMs }] of this.#due) {
      if (dueMs > nowMs || deletions.length === deletionsAtOnce) break
      this.#due.delete(key)
      // One that has changed meanwhile conflicts, and has its new time already.
      deletions.push(this.#store.commit([{ key, expect: revision }], actor))
    }
    // A store that fails says so to those who wait for it.
    await Promise.allSettled(deletions)
    this.#timer = undefined
    this.#arm()
  }
}
