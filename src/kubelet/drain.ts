// Before a pod's containers are told to end, whoever sends traffic to it must have let go of it: a rollout then
// loses no request. This waits until no EndpointSlice offers the pod any more, and a moment longer, for the
// proxies of all nodes to take that in and for requests under way to end. A pod that nobody offers is not held up.

import type { Pod } from '#api/core/pod.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { Informer, Informers } from '#client/informer.ts'
import type { Clock } from '#lib/clock.ts'

export interface DrainOptions {
  readonly informers: Informers
  readonly clock: Clock
  /** How long after the last slice has let go. */
  readonly settleMs?: number
  /** Controllers that are not there must not hold up a pod for ever. */
  readonly longestMs?: number
}

const defaultSettleMs = 500
const defaultLongestMs = 10_000
const byPod = 'pod'

export function endpointDrain(options: DrainOptions): (pod: Pod, signal: AbortSignal) => Promise<void> {
  const { informers, clock, settleMs = defaultSettleMs, longestMs = defaultLongestMs } = options
  const slices = informers.of(EndpointSlice)
  slices.addIndex(byPod, (slice) => (slice.endpoints ?? []).flatMap(({ targetRef }) => targetRef?.uid ?? []))
  return async (pod, signal) => {
    const uid = pod.metadata.uid ?? ''
    if (!isOffered(slices, uid)) return
    const limit = new AbortController()
    const abort = () => limit.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const timer = clock.after(longestMs, () => limit.abort())
    try {
      await letGo(slices, uid, limit.signal)
      if (!limit.signal.aborted) await clock.sleep(settleMs, limit.signal).catch(() => {})
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', abort)
    }
  }
}

/** Whether new connections may still be sent to the pod. */
const isOffered = (slices: Informer<typeof EndpointSlice>, uid: string): boolean =>
  slices
    .byIndex(byPod, uid)
    .some((slice) =>
      (slice.endpoints ?? []).some(
        ({ targetRef, conditions }) =>
          targetRef?.uid === uid && conditions?.ready !== false && !conditions?.terminating,
      ),
    )

function letGo(slices: Informer<typeof EndpointSlice>, uid: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      stop()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    let stop = () => {}
    stop = slices.onChange(() => {
      if (!isOffered(slices, uid)) queueMicrotask(finish)
    })
    signal.addEventListener('abort', finish, { once: true })
    if (signal.aborted || !isOffered(slices, uid)) finish()
  })
}
