// How many watches are open: each keeps memory for as long as it lasts, so that one user, or all together, may have only
// so many. Components have a few for each kind that they follow; who has thousands has forgotten to end them.

import { StatusError } from '#api/status-error.ts'
import { perCore } from './per-core.ts'

export interface WatchLimits {
  readonly ofUser: number
  readonly ofAll: number
}

const usual: WatchLimits = { ofUser: 10_000, ofAll: 100_000 }
const retryAfterSeconds = 5

export class OpenWatches {
  readonly #limits: WatchLimits
  readonly #ofUser = new Map<string, number>()
  #ofAll = 0

  constructor(limits: WatchLimits = usual) {
    this.#limits = limits
  }

  get count(): number {
    return this.#ofAll
  }

  /** Counts one more; returns how to count it out, once. Throws 429 where there are too many. */
  enter(user: string): () => void {
    const own = this.#ofUser.get(user) ?? 0
    if (own >= this.#limits.ofUser) throw tooMany(`user ${JSON.stringify(user)} has ${own} open watches`)
    if (this.#ofAll >= this.#limits.ofAll) throw tooMany(`the server has ${this.#ofAll} open watches`)
    this.#ofUser.set(user, own + 1)
    this.#ofAll++
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.#ofAll--
      const left = this.#ofUser.get(user)! - 1
      if (left === 0) this.#ofUser.delete(user)
      else this.#ofUser.set(user, left)
    }
  }
}

const tooMany = (why: string): StatusError =>
  new StatusError(429, 'TooManyRequests', `Too many requests, please try again later: ${why}`, { retryAfterSeconds })

export const openWatches = perCore(() => new OpenWatches())
