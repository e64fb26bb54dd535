// Work that must come to an end: it gets a signal that aborts when its time is over, or when whoever wants it gives up.

import type { Clock } from './clock.ts'

export interface TimeLimit {
  readonly clock: Clock
  readonly limitMs: number
  /** What the signal aborts with when the time is over. */
  readonly late: () => unknown
  readonly signal?: AbortSignal | undefined
}

export async function within<T>(
  { clock, limitMs, late, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const timer = clock.after(limitMs, () => limit.abort(late()))
  try {
    return await work(signal ? AbortSignal.any([signal, limit.signal]) : limit.signal)
  } finally {
    timer.cancel()
  }
}
