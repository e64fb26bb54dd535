// Before a pod's containers are told to end, whoever sends traffic to it must have let go of it: a rollout then
// loses no request. This waits until no EndpointSlice offers the pod any more, until the proxies of all nodes have
// acknowledged that, and a moment longer for requests under way to end. A pod that nobody offers is not held up.

import type { Pod } from '#api/core/pod.ts'
import { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { EndpointConditions } from '#api/discovery/endpoint-slice-types.ts'
import type { Informer, Informers } from '#client/informer.ts'
import type { Clock } from '#lib/clock.ts'

export interface DrainOptions {
  readonly informers: Informers
  readonly clock: Clock
  /** Resolves when all proxies have taken in the slices up to this version. */
  readonly acknowledged?: (resourceVersion: string, signal: AbortSignal) => Promise<void>
  /** How long after that, for requests under way. */
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
    if (!mayBeSentTo(slices, uid)) return
    const limit = new AbortController()
    const abort = () => limit.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const timer = clock.after(longestMs, () => limit.abort())
    try {
      await letGo(slices, uid, limit.signal)
      if (!limit.signal.aborted) await options.acknowledged?.(newestVersion(slices, uid), limit.signal)
      if (!limit.signal.aborted) await clock.sleep(settleMs, limit.signal).catch(() => {})
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', abort)
    }
  }
}

/** What the slices say of the pod; nothing where they do not name it. */
const conditionsOf = (slices: Informer<typeof EndpointSlice>, uid: string): readonly EndpointConditions[] =>
  slices
    .byIndex(byPod, uid)
    .flatMap(({ endpoints = [] }) => endpoints.filter(({ targetRef }) => targetRef?.uid === uid))
    .map(({ conditions = {} }) => conditions)

/** Whether new connections may still be sent to the pod. */
const isOffered = (slices: Informer<typeof EndpointSlice>, uid: string): boolean =>
  conditionsOf(slices, uid).some(({ ready, terminating }) => ready !== false && !terminating)

/** Offered, or taken back only now, by the very deletion that ends it: proxies may not know yet. */
const mayBeSentTo = (slices: Informer<typeof EndpointSlice>, uid: string): boolean =>
  conditionsOf(slices, uid).some(({ ready, serving, terminating }) => (terminating ? serving : ready) !== false)

/** The version in which the last of the pod's slices has let go of it; empty when none names it any more. */
const newestVersion = (slices: Informer<typeof EndpointSlice>, uid: string): string =>
  slices
    .byIndex(byPod, uid)
    .map(({ metadata }) => metadata.resourceVersion ?? '')
    .sort((a, b) => Number(b) - Number(a))[0] ?? ''

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
