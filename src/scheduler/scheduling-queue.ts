// Pods that wait for a node: those whose turn it is, by priority and arrival; those that wait out a back-off; and
// those that did not fit, which come back when something changes that may let them fit, or after five minutes.

import type { Clock, Timer } from '#lib/clock.ts'
import { Heap } from '#lib/heap.ts'
import type { Plugin, Wake } from './framework.ts'
import type { PodInfo } from './pod-info.ts'

interface Waiting {
  pod: PodInfo
  readonly arrival: number
  attempts: number
  /** Not before this. */
  notBeforeMs: number
  /** The plugins that refused it last; undefined: it is not set aside. */
  refusedBy: ReadonlySet<string> | undefined
  setAsideAtMs: number
}

const firstBackoffMs = 1_000
const longestBackoffMs = 10_000
/** In case a change was missed, pods that did not fit are tried again this much later. */
const setAsideMs = 5 * 60_000

const comesBefore = (a: Waiting, b: Waiting): boolean =>
  a.pod.priority !== b.pod.priority ? a.pod.priority > b.pod.priority : a.arrival < b.arrival

const backoffMs = (attempts: number): number =>
  Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.max(0, attempts - 1))

export class SchedulingQueue {
  readonly #clock: Clock
  readonly #wakesOf: ReadonlyMap<string, ReadonlySet<Wake>>
  readonly #all = new Map<string, Waiting>()
  readonly #active = new Heap<Waiting>(comesBefore)
  readonly #backingOff = new Heap<Waiting>((a, b) => a.notBeforeMs < b.notBeforeMs)
  readonly #setAside = new Set<Waiting>()
  #arrivals = 0
  #timer: Timer | undefined
  #timerDueMs = Number.POSITIVE_INFINITY
  readonly #onReady: () => void

  /** `onReady` is called when there may be a pod to take. */
  constructor(clock: Clock, plugins: readonly Plugin[], onReady: () => void) {
    this.#clock = clock
    this.#onReady = onReady
    this.#wakesOf = new Map(plugins.map((plugin) => [plugin.name, new Set(plugin.wakes)]))
  }

  get size(): number {
    return this.#all.size
  }

  counts(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return { active: this.#active.size, backoff: this.#backingOff.size, unschedulable: this.#setAside.size }
  }

  /** A new pod, or a new version of one that waits. */
  add(pod: PodInfo): void {
    const known = this.#all.get(pod.uid)
    if (known) {
      known.pod = pod
      if (this.#setAside.has(known)) this.#wake(known)
      return
    }
    const waiting: Waiting = {
      pod,
      arrival: this.#arrivals++,
      attempts: 0,
      notBeforeMs: 0,
      refusedBy: undefined,
      setAsideAtMs: 0,
    }
    this.#all.set(pod.uid, waiting)
    this.#active.push(waiting)
    this.#onReady()
  }

  delete(uid: string): void {
    const waiting = this.#all.get(uid)
    if (!waiting) return
    this.#all.delete(uid)
    this.#active.delete(waiting)
    this.#backingOff.delete(waiting)
    this.#setAside.delete(waiting)
  }

  /** The pod whose turn it is. It is out of the queue until it is put back. */
  take(): PodInfo | undefined {
    const waiting = this.#active.pop()
    if (!waiting) return undefined
    waiting.attempts++
    this.#all.delete(waiting.pod.uid)
    this.#taken.set(waiting.pod.uid, waiting)
    return waiting.pod
  }

  readonly #taken = new Map<string, Waiting>()

  /** It has its node. */
  done(uid: string): void {
    this.#taken.delete(uid)
  }

  /** It did not fit: it waits for a change that these plugins care about. */
  refused(uid: string, plugins: ReadonlySet<string>): void {
    const waiting = this.#putBack(uid)
    if (!waiting) return
    waiting.refusedBy = plugins
    waiting.setAsideAtMs = this.#clock.now()
    waiting.notBeforeMs = this.#clock.now() + backoffMs(waiting.attempts)
    this.#setAside.add(waiting)
    this.#arm(waiting.setAsideAtMs + setAsideMs)
  }

  /** Something went wrong that has nothing to do with fitting: again, after a back-off. */
  failed(uid: string): void {
    const waiting = this.#putBack(uid)
    if (!waiting) return
    waiting.notBeforeMs = this.#clock.now() + backoffMs(waiting.attempts)
    this.#backOff(waiting)
  }

  /** The cluster has changed in this way: whoever was refused by a plugin that cares may try again. */
  wake(change: Wake): void {
    for (const waiting of this.#setAside) {
      const cares = [...(waiting.refusedBy ?? [])].some((name) => this.#wakesOf.get(name)?.has(change))
      // A cluster without nodes has refused without any plugin.
      if (cares || waiting.refusedBy?.size === 0) this.#wake(waiting)
    }
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #putBack(uid: string): Waiting | undefined {
    const waiting = this.#taken.get(uid)
    if (!waiting) return undefined
    this.#taken.delete(uid)
    this.#all.set(uid, waiting)
    return waiting
  }

  #wake(waiting: Waiting): void {
    this.#setAside.delete(waiting)
    waiting.refusedBy = undefined
    this.#backOff(waiting)
  }

  #backOff(waiting: Waiting): void {
    if (waiting.notBeforeMs <= this.#clock.now()) {
      this.#active.push(waiting)
      this.#onReady()
      return
    }
    this.#backingOff.push(waiting)
    this.#arm(waiting.notBeforeMs)
  }

  #arm(dueMs: number): void {
    if (dueMs >= this.#timerDueMs) return
    this.#timer?.cancel()
    this.#timerDueMs = dueMs
    this.#timer = this.#clock.after(dueMs - this.#clock.now(), () => this.#onTimer())
  }

  #onTimer(): void {
    this.#timerDueMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.now()
    for (let first = this.#backingOff.peek(); first && first.notBeforeMs <= nowMs; first = this.#backingOff.peek()) {
      this.#backingOff.delete(first)
      this.#active.push(first)
    }
    for (const waiting of this.#setAside) if (waiting.setAsideAtMs + setAsideMs <= nowMs) this.#wake(waiting)
    const nextBackoff = this.#backingOff.peek()?.notBeforeMs ?? Number.POSITIVE_INFINITY
    const [oldest] = this.#setAside
    const next = Math.min(nextBackoff, oldest ? oldest.setAsideAtMs + setAsideMs : Number.POSITIVE_INFINITY)
    if (Number.isFinite(next)) this.#arm(next)
    if (this.#active.size > 0) this.#onReady()
  }
}
