// Exponential back-off: how long to wait before the next try. The first wait is `initialMs`, each further one is
// `factor` times longer, never longer than `capMs`.

import { type Random, systemRandom } from './random.ts'

export interface BackoffOptions {
  readonly initialMs: number
  readonly capMs: number
  readonly factor?: number | undefined
  /** Up to this share of the wait is added by chance, so that many do not return at the same instant. */
  readonly jitter?: number | undefined
}

/** The wait after so many failures before this one. */
export function backoffMs(failuresBefore: number, options: BackoffOptions): number {
  const { initialMs, capMs, factor = 2 } = options
  // Beyond a thousand doublings a number overflows to Infinity, which the cap takes care of.
  return Math.min(capMs, initialMs * factor ** failuresBefore)
}

export class Backoff {
  readonly #options: BackoffOptions
  readonly #random: Random
  #failures = 0

  constructor(options: BackoffOptions, random: Random = systemRandom) {
    this.#options = options
    this.#random = random
  }

  /** How many waits have been given out since the start or the last reset. */
  get failures(): number {
    return this.#failures
  }

  next(): number {
    const waitMs = backoffMs(this.#failures++, this.#options)
    return waitMs + waitMs * (this.#options.jitter ?? 0) * this.#random.next()
  }

  /** To be called when things went well. */
  reset(): void {
    this.#failures = 0
  }
}
