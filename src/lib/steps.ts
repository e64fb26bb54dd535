// Work on many items that nobody waits for: a little at a time, with pauses in which everything else has its turn.

import type { Clock, Timer } from './clock.ts'

export interface StepOptions {
  readonly clock: Clock
  /** Before the first step. */
  readonly delayMs: number
  /** How long a step takes; each does at least one item. */
  readonly stepMs: number
  readonly pauseMs: number
}

/** Calls `work` for each item, in order, until all are done or it is cancelled. */
export function inSteps<T>(items: readonly T[], work: (item: T) => void, options: StepOptions): Timer {
  const { clock, delayMs, stepMs, pauseMs } = options
  // Let go of when it is done, though the timer may be held for long.
  let left = items
  let next = 0
  let timer = clock.after(delayMs, step)
  function step(): void {
    const endMs = clock.monotonic() + stepMs
    while (next < left.length) {
      work(left[next++]!)
      if (clock.monotonic() >= endMs) break
    }
    if (next < left.length) timer = clock.after(pauseMs, step)
    else left = []
  }
  return { cancel: () => timer.cancel() }
}
