// Stopping in order: what was started last stops first, each part within one common deadline. A part may have
// parts of its own (`child`). Nothing here listens to signals of the operating system; main does, and calls stop.

import type { Clock } from './clock.ts'
import { errorText } from './log.ts'

export interface StopFailure {
  /** As in `server/https`. */
  readonly part: string
  readonly reason: string
}

interface Part {
  readonly name: string
  readonly stop: (deadlineMs: number) => Promise<readonly StopFailure[]>
}

export class Stop {
  readonly #clock: Clock
  readonly #controller = new AbortController()
  readonly #parts: Part[] = []
  #stopped: Promise<readonly StopFailure[]> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Aborts when this part is told to stop, before its parts are. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Registers how a part is stopped. Returns how to take that back, when the part has ended by itself. */
  onStop(name: string, stop: () => void | Promise<void>): () => void {
    return this.#register({ name, stop: (deadlineMs) => this.#within(deadlineMs, name, stop) })
  }

  /** A part with parts of its own; it can also be stopped alone. */
  child(name: string): Stop {
    const child = new Stop(this.#clock)
    const forget = this.#register({
      name,
      stop: async (deadlineMs) =>
        (await child.#stopUntil(deadlineMs)).map((failure) => ({ ...failure, part: `${name}/${failure.part}` })),
    })
    child.#controller.signal.addEventListener('abort', forget, { once: true })
    return child
  }

  /** Stops everything, once; later calls get the same answer: the parts that failed or were too late. */
  stop(withinMs = 30_000): Promise<readonly StopFailure[]> {
    return this.#stopUntil(this.#clock.monotonic() + withinMs)
  }

  #stopUntil(deadlineMs: number): Promise<readonly StopFailure[]> {
    this.#stopped ??= this.#stopAll(deadlineMs)
    return this.#stopped
  }

  async #stopAll(deadlineMs: number): Promise<readonly StopFailure[]> {
    this.#controller.abort(new Error('Stopping'))
    const failures: StopFailure[] = []
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) failures.push(...(await part.stop(deadlineMs)))
    return failures
  }

  #register(part: Part): () => void {
    this.#parts.push(part)
    return () => {
      const at = this.#parts.indexOf(part)
      if (at >= 0) this.#parts.splice(at, 1)
    }
  }

  /** A part that is too late is left behind: the others still get to stop, with what time there is. */
  async #within(deadlineMs: number, part: string, stop: () => void | Promise<void>): Promise<readonly StopFailure[]> {
    const leftMs = Math.max(0, deadlineMs - this.#clock.monotonic())
    return new Promise((resolve) => {
      const timer = this.#clock.after(leftMs, () => resolve([{ part, reason: 'did not stop in time' }]))
      const finish = (failures: readonly StopFailure[]) => {
        timer.cancel()
        resolve(failures)
      }
      Promise.try(stop).then(
        () => finish([]),
        (error) => finish([{ part, reason: errorText(error) }]),
      )
    })
  }
}
