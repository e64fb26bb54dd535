// Gives memory back to the system when the process has fallen idle. V8 keeps the room for young objects as large
// as the busiest moment made it, and what died last stays until the next collection, which in an idle process
// never comes. So, once no collection has been needed for a while, one thorough collection is made.
//
// Collections are what tells busy from idle: it waits for no timer while nothing happens. A large heap is left
// alone, since such a collection would stop the process for longer than a client should notice.

import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Clock, Timer } from './clock.ts'

const idleAfterMs = 10_000
/** Collected within a quarter of a second, once after each busy time: who comes in that moment waits so long. */
const largestHeapBytes = 256 * 1024 * 1024

/** Calls `act` once each time when `busy` has not been called for a while. */
export class IdleTimer {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #act: () => void
  #lastBusyMs = 0
  #timer: Timer | undefined

  constructor(clock: Clock, idleMs: number, act: () => void) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#act = act
  }

  busy(): void {
    this.#lastBusyMs = this.#clock.monotonic()
    this.#timer ??= this.#arm(this.#idleMs)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #arm(delayMs: number): Timer {
    return this.#clock.after(delayMs, () => {
      const leftMs = this.#lastBusyMs + this.#idleMs - this.#clock.monotonic()
      // Moved once for many calls of `busy`, instead of with each.
      this.#timer = leftMs > 0 ? this.#arm(leftMs) : undefined
      if (leftMs <= 0) this.#act()
    })
  }
}

/** Works where the program was started with --expose-gc; elsewhere it does nothing. */
export function giveBackIdleMemory(clock: Clock): { stop(): void } {
  const { gc } = globalThis
  if (!gc) return { stop: () => undefined }
  let collectedMs = 0
  const idle = new IdleTimer(clock, idleAfterMs, () => {
    if (getHeapStatistics().used_heap_size > largestHeapBytes) return
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    collectedMs = performance.now()
  })
  const observer = new PerformanceObserver((list) => {
    // Those that were made here say nothing of how busy the process is.
    if (list.getEntries().some(({ startTime }) => startTime > collectedMs)) idle.busy()
  })
  observer.observe({ entryTypes: ['gc'] })
  idle.busy()
  return {
    stop() {
      observer.disconnect()
      idle.stop()
    },
  }
}
