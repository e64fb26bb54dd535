// Expressions are bounded each, but a request may concern many policies with many parameters: between two of them
// others get their turn where it has taken long, and it ends where the client has gone away.

import { settle } from '#lib/clock.ts'
import type { Call } from '../../call.ts'

const turnMs = 20

export class Pace {
  readonly #call: Call
  #sinceMs: number

  constructor(call: Call) {
    this.#call = call
    this.#sinceMs = call.core.clock.monotonic()
  }

  get isDue(): boolean {
    return this.#call.core.clock.monotonic() - this.#sinceMs >= turnMs
  }

  async giveWay(): Promise<void> {
    await settle()
    this.#call.request.signal.throwIfAborted()
    this.#sinceMs = this.#call.core.clock.monotonic()
  }
}
