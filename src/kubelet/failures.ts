// What could not be done for a pod, by the name of what it was: why, and when it is tried again. Each failure of the
// same thing in a row waits longer than the one before, until the thing succeeds.

import { backoffMs } from '#lib/backoff.ts'
import type { Clock } from '#lib/clock.ts'
import type { Failure } from './observed.ts'

export interface Retry {
  readonly initialMs: number
  readonly capMs: number
}

export class Failures {
  readonly #clock: Clock
  readonly #known = new Map<string, Failure>()
  /** How often in a row each thing has failed. */
  readonly #tries = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get known(): ReadonlyMap<string, Failure> {
    return this.#known
  }

  /** Counts one more failure, and says when the next try is. */
  count(name: string, reason: string, message: string, retry: Retry): Failure {
    const tries = this.#tries.get(name) ?? 0
    this.#tries.set(name, tries + 1)
    const atMs = this.#clock.now()
    return { reason, message, atMs, retryAtMs: atMs + backoffMs(tries, retry) }
  }

  keep(name: string, failure: Failure): void {
    this.#known.set(name, failure)
  }

  /** It has succeeded. */
  clear(name: string): void {
    this.#known.delete(name)
    this.#tries.delete(name)
  }

  /** What has failed for this reason is tried again at once; should it fail again, it waits longer all the same. */
  release(reason: string): void {
    for (const [name, failure] of this.#known) if (failure.reason === reason) this.#known.delete(name)
  }
}
