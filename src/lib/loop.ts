// One piece of work that is done again whenever somebody says that something may have changed: never twice at the
// same time; what is said during the work makes it run once more; after an error it is tried again with growing
// pauses. For work on the world as a whole, where a queue of keys would be too fine.

import { Backoff, type BackoffOptions } from './backoff.ts'
import { type Clock, settle, type Timer } from './clock.ts'
import type { Random } from './random.ts'

export interface LoopOptions {
  readonly work: () => Promise<void>
  /** The work threw; it will be tried again after `waitMs`. */
  readonly failed: (error: unknown, waitMs: number) => void
  readonly clock: Clock
  readonly random: Random
  readonly backoff?: BackoffOptions
}

const defaultBackoff: BackoffOptions = { initialMs: 100, capMs: 30_000, jitter: 0.1 }

export class Loop {
  readonly #options: LoopOptions
  readonly #backoff: Backoff
  #again = false
  #running: Promise<void> | undefined
  #retry: Timer | undefined
  #stopped = false
  readonly #waiting: (() => void)[] = []

  constructor(options: LoopOptions) {
    this.#options = options
    this.#backoff = new Backoff(options.backoff ?? defaultBackoff, options.random)
  }

  /** Something may have changed. */
  wake(): void {
    if (this.#stopped) return
    this.#again = true
    // During a pause after an error the retry takes this change with it.
    if (this.#retry === undefined) this.#running ??= this.#run()
  }

  /** Resolves when the work has been done for everything said before, or when the loop is stopped. */
  settled(): Promise<void> {
    if (this.#stopped || (!this.#again && this.#running === undefined)) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Waits for the work that is being done, and does no more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#retry?.cancel()
    await this.#running
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async #run(): Promise<void> {
    const { work, failed, clock } = this.#options
    while (this.#again && !this.#stopped) {
      // What is said in one turn of the event loop is one change.
      await settle()
      this.#again = false
      const waited = this.#waiting.splice(0)
      try {
        await work()
        this.#backoff.reset()
        for (const resolve of waited) resolve()
      } catch (error) {
        this.#again = true
        this.#waiting.unshift(...waited)
        if (this.#stopped) break
        const waitMs = this.#backoff.next()
        this.#retry = clock.after(waitMs, () => {
          this.#retry = undefined
          this.wake()
        })
        failed(error, waitMs)
        break
      }
    }
    this.#running = undefined
    // Who asked during the last work, and nothing changed since.
    if (!this.#again) for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
