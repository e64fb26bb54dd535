// Restart back-off as upstream's: the first restart comes at once, the next waits 10 s, then twice as long each
// time up to 300 s; a container that has run for 10 minutes since the last wait was set starts anew.

import type { BackOff } from './observed.ts'

export const initialBackOffMs = 10_000
export const longestBackOffMs = 300_000

const hasExpired = (backOff: BackOff, endedMs: number): boolean => endedMs - backOff.updatedMs > 2 * longestBackOffMs

/** Until when a container that ended at `endedMs` must wait; undefined: no longer, or not at all. */
export function waitsUntilMs(backOff: BackOff | undefined, endedMs: number, nowMs: number): number | undefined {
  if (!backOff || hasExpired(backOff, endedMs)) return undefined
  const untilMs = endedMs + backOff.delayMs
  return nowMs < untilMs ? untilMs : undefined
}

/** The back-off to be kept when a container that ended at `endedMs` is started again. */
export function nextBackOff(backOff: BackOff | undefined, endedMs: number, nowMs: number): BackOff {
  const delayMs =
    !backOff || hasExpired(backOff, endedMs) ? initialBackOffMs : Math.min(backOff.delayMs * 2, longestBackOffMs)
  return { delayMs, updatedMs: nowMs }
}

/** Go's notation, as in `back-off 1m20s restarting failed container`. */
export function formatDelay(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`
}
