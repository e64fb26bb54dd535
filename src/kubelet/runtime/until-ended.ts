// containerd tells of an end before its own status shows it: mostly some milliseconds, but seconds where its handling of
// the end has to be tried again. Whoever asked too early would not learn of the end before the next comparison.

import type { Clock } from '#lib/clock.ts'

const firstPauseMs = 5
const longestPauseMs = 1000
/** By then a comparison with everything that runs has come about. */
const giveUpMs = 60_000

/** Resolves when `hasEnded` says so, when the signal aborts, and in any case after a minute. */
export async function untilEnded(hasEnded: () => Promise<boolean>, clock: Clock, signal: AbortSignal): Promise<void> {
  const startedMs = clock.monotonic()
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    if ((await hasEnded()) || clock.monotonic() - startedMs >= giveUpMs) return
    await clock.sleep(pauseMs, signal).catch(() => undefined)
  }
}
