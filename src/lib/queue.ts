// A queue of keys to be worked on, with the guarantees of client-go's workqueue:
//  - a key that waits already is not added twice, so the queue is never longer than there are keys;
//  - a key is never worked on twice at the same time: added meanwhile, it comes again after `done`;
//  - keys come out in the order in which they were added.
// A taker must call `done`, and after it `forget` (it went well) or `addRateLimited` (try again later).

import { type BackoffOptions, backoffMs } from './backoff.ts'
import type { Clock, Timer } from './clock.ts'
import { type RateLimit, TokenBucket } from './rate-limit.ts'

export interface QueueOptions {
  /** Per key; upstream's default is 5 ms doubling to 1000 s. */
  readonly backoff?: BackoffOptions | undefined
  /** Over all keys; upstream's default is 10 per second with a burst of 100. */
  readonly limit?: RateLimit | undefined
}

/** K is compared as Map keys are: use strings or numbers. */
export class WorkQueue<K = string> {
  readonly #clock: Clock
  readonly #backoff: BackoffOptions
  readonly #bucket: TokenBucket
  /** In order, by insertion. */
  readonly #waiting = new Set<K>()
  readonly #working = new Set<K>()
  /** Added while being worked on. */
  readonly #again = new Set<K>()
  readonly #delayed = new Map<K, { readonly dueMs: number; readonly timer: Timer }>()
  readonly #failures = new Map<K, number>()
  #takers: ((key: K | undefined) => void)[] = []
  #idlers: (() => void)[] = []
  #stopped = false

  constructor(clock: Clock, options: QueueOptions = {}) {
    this.#clock = clock
    this.#backoff = options.backoff ?? { initialMs: 5, capMs: 1_000_000 }
    this.#bucket = new TokenBucket(clock, options.limit ?? { perSecond: 10, burst: 100 })
  }

  /** How many keys wait to be taken. */
  get length(): number {
    return this.#waiting.size
  }

  /** How many keys are being worked on. */
  get working(): number {
    return this.#working.size
  }

  /** How many keys will be added after a delay. */
  get delayed(): number {
    return this.#delayed.size
  }

  add(key: K): void {
    if (this.#stopped) return
    if (this.#working.has(key)) {
      this.#again.add(key)
      return
    }
    const taker = this.#takers.shift()
    if (!taker) {
      this.#waiting.add(key)
      return
    }
    this.#working.add(key)
    taker(key)
  }

  /** Of several delays for one key the earliest counts. */
  addAfter(key: K, delayMs: number): void {
    if (this.#stopped) return
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    const dueMs = this.#clock.monotonic() + delayMs
    const before = this.#delayed.get(key)
    if (before && before.dueMs <= dueMs) return
    before?.timer.cancel()
    const timer = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, { dueMs, timer })
  }

  /** Adds after the key's own back-off or when the overall limit allows, whichever is later. Returns the delay. */
  addRateLimited(key: K): number {
    if (this.#stopped) return 0
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    const delayMs = Math.max(backoffMs(failures, this.#backoff), this.#bucket.reserve())
    this.addAfter(key, delayMs)
    return delayMs
  }

  /** The key went well, or is given up: its back-off starts anew. */
  forget(key: K): void {
    this.#failures.delete(key)
  }

  /** How often the key has been added with a back-off since it was last forgotten. */
  failures(key: K): number {
    return this.#failures.get(key) ?? 0
  }

  /** The next key, as soon as there is one; undefined once the queue is shut down. */
  take(): Promise<K | undefined> {
    if (this.#stopped) return Promise.resolve(undefined)
    for (const key of this.#waiting) {
      this.#waiting.delete(key)
      this.#working.add(key)
      return Promise.resolve(key)
    }
    return new Promise((resolve) => this.#takers.push(resolve))
  }

  done(key: K): void {
    this.#working.delete(key)
    if (this.#again.delete(key)) this.add(key)
    this.#tellIdlers()
  }

  /** Resolves when no key waits or is worked on. Keys that are only delayed do not count. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => this.#idlers.push(resolve))
  }

  /** Drops everything that waits; takers get undefined. What is being worked on goes on, see `idle`. */
  shutDown(): void {
    if (this.#stopped) return
    this.#stopped = true
    for (const { timer } of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    this.#waiting.clear()
    this.#again.clear()
    this.#failures.clear()
    const takers = this.#takers
    this.#takers = []
    for (const taker of takers) taker(undefined)
    this.#tellIdlers()
  }

  #isIdle(): boolean {
    return this.#waiting.size === 0 && this.#working.size === 0
  }

  #tellIdlers(): void {
    if (!this.#isIdle()) return
    const idlers = this.#idlers
    this.#idlers = []
    for (const idler of idlers) idler()
  }
}
