// A token bucket: `burst` at once, `perSecond` in the long run. It sets no timers; it only reckons with the clock.

import type { Clock } from './clock.ts'

export interface RateLimit {
  readonly perSecond: number
  readonly burst: number
}

export class TokenBucket {
  readonly #clock: Clock
  readonly #limit: RateLimit
  #tokens: number
  #atMs: number

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock
    this.#limit = limit
    this.#tokens = limit.burst
    this.#atMs = clock.monotonic()
  }

  /** Takes what is asked for if it is there now. */
  tryTake(count = 1): boolean {
    this.#refill()
    if (this.#tokens < count) return false
    this.#tokens -= count
    return true
  }

  /** Takes in any case, and answers how many milliseconds from now the tokens will have been there. */
  reserve(count = 1): number {
    this.#refill()
    this.#tokens -= count
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#limit.perSecond) * 1000
  }

  /** Takes, and resolves when the tokens are there; an aborted wait gives them back. */
  async take(signal?: AbortSignal, count = 1): Promise<void> {
    signal?.throwIfAborted()
    const waitMs = this.reserve(count)
    if (waitMs === 0) return
    try {
      await this.#clock.sleep(waitMs, signal)
    } catch (reason) {
      this.#tokens += count
      throw reason
    }
  }

  #refill(): void {
    const nowMs = this.#clock.monotonic()
    const gained = ((nowMs - this.#atMs) / 1000) * this.#limit.perSecond
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + gained)
    this.#atMs = nowMs
  }
}
