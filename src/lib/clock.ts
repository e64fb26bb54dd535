// Time comes in by this door: every component takes a Clock, and no other file reads the machine's time or
// sets a timer. The real clock is the machine's; the virtual clock moves only when it is told to, so that a
// whole cluster can run through a day in a second and always in the same order.

import { Heap } from './heap.ts'

/** A pending timer. Cancelling twice, or after it has fired, does nothing. */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. May jump when the machine's time is set. */
  now(): number
  /** Milliseconds from an arbitrary start that never go back: for measuring how long something took. */
  monotonic(): number
  /** Calls `fire` once, `delayMs` from now. A real timer does not keep the process alive by itself. */
  after(delayMs: number, fire: () => void): Timer
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

/** RFC 3339 with whole seconds, as `metav1.Time` is written. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== formatted.second) formatted = { second, text: `${new Date(ms).toISOString().slice(0, 19)}Z` }
  return formatted.text
}

/** Most of what is written is of the same second as what was written before it. */
let formatted = { second: Number.NaN, text: '' }

/** RFC 3339 with microseconds, as `metav1.MicroTime` is written. */
export const formatMicroTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

const sleepOn = (clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })

/** setTimeout takes at most 2^31-1 ms; a longer wait is made of several. */
const longestTimerMs = 2 ** 31 - 1

class RealClock implements Clock {
  now(): number {
    return Date.now()
  }
  monotonic(): number {
    return performance.now()
  }
  after(delayMs: number, fire: () => void): Timer {
    let handle: NodeJS.Timeout
    const arm = (leftMs: number) => {
      const stepMs = Math.min(leftMs, longestTimerMs)
      handle = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : fire()), Math.max(0, stepMs))
      handle.unref()
    }
    arm(delayMs)
    return { cancel: () => clearTimeout(handle) }
  }
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }
}

export const realClock: Clock = new RealClock()

/** Neither a pending promise nor a timer of the real clock keeps a process running; this does, until cancelled. */
export function keepProcessAlive(): Timer {
  const handle = setInterval(() => {}, longestTimerMs)
  return { cancel: () => clearInterval(handle) }
}

interface Pending {
  readonly dueMs: number
  readonly order: number
  readonly fire: () => void
}

/** A clock that stands still until `advance` moves it. Timers due at the same instant fire in the order in
 *  which they were set, and between two timers all promise reactions run, so a run can be repeated exactly. */
export class VirtualClock implements Clock {
  #nowMs: number
  readonly #startMs: number
  #order = 0
  readonly #pending = new Heap<Pending>((a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order))

  constructor(startMs: number = Date.UTC(2030, 0, 1)) {
    this.#nowMs = startMs
    this.#startMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  monotonic(): number {
    return this.#nowMs - this.#startMs
  }

  after(delayMs: number, fire: () => void): Timer {
    const pending: Pending = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fire }
    this.#pending.push(pending)
    return { cancel: () => void this.#pending.delete(pending) }
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal)
  }

  /** Number of timers that wait: a component that has stopped leaves none. */
  get pendingTimers(): number {
    return this.#pending.size
  }

  /** Moves time forward by `ms`, firing each timer at its own instant. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settle()
    for (let next = this.#pending.peek(); next && next.dueMs <= untilMs; next = this.#pending.peek()) {
      this.#pending.pop()
      this.#nowMs = next.dueMs
      next.fire()
      await settle()
    }
    this.#nowMs = untilMs
  }
}

/** Lets every promise reaction that is ready run to its end: one turn of the event loop. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
