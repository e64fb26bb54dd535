// Pods that wait for a node: those whose turn it is, by priority and arrival; those that wait out a back-off; those
// that did not fit, which come back when something changes that may let them fit, or after five minutes; and those
// that are held back by their gates.
//
// Guarantees: a pod that was added is in exactly one place until it is done or deleted, also while it is tried.

import { backoffMs } from '#lib/backoff.ts'
import type { Clock, Timer } from '#lib/clock.ts'
import { Heap } from '#lib/heap.ts'
import type { Plugin, Wake } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'

interface Waiting {
  pod: PodInfo
  readonly arrival: number
  place: 'active' | 'backoff' | 'unschedulable' | 'gated' | 'tried'
  /** How often it did not fit, and how often in a row something else went wrong. */
  misfits: number
  errors: number
  /** Until then it waits unless there is nothing else to do; after an error it waits in any case. */
  backoffUntilMs: number
  setAsideAtMs: number
  /** What refused it last. */
  refusedBy: readonly Plugin[]
}

const backoff = { initialMs: 1_000, capMs: 10_000 }
/** In case a change was missed, pods that did not fit are tried again this much later. */
const setAsideMs = 5 * 60_000

const comesBefore = (a: Waiting, b: Waiting): boolean =>
  a.pod.priority !== b.pod.priority ? a.pod.priority > b.pod.priority : a.arrival < b.arrival
const endsBefore = (a: Waiting, b: Waiting): boolean => a.backoffUntilMs < b.backoffUntilMs

export interface QueueCounts {
  readonly active: number
  readonly backoff: number
  readonly unschedulable: number
  readonly gated: number
}

export class SchedulingQueue {
  readonly #clock: Clock
  readonly #plugins: readonly Plugin[]
  readonly #onReady: () => void
  readonly #all = new Map<string, Waiting>()
  readonly #active = new Heap<Waiting>(comesBefore)
  readonly #backoff = new Heap<Waiting>(endsBefore)
  /** Of these, who may be taken early when nothing else is to do, as upstream: not after an error. */
  readonly #early = new Heap<Waiting>(comesBefore)
  /** In the order in which they were set aside. */
  readonly #unschedulable = new Set<Waiting>()
  #gated = 0
  #arrivals = 0
  #timer: Timer | undefined
  #timerDueMs = Number.POSITIVE_INFINITY
  #stopped = false

  /** `onReady` is called when there may be a pod to take. */
  constructor(clock: Clock, plugins: readonly Plugin[], onReady: () => void) {
    this.#clock = clock
    this.#plugins = plugins
    this.#onReady = onReady
  }

  counts(): QueueCounts {
    return {
      active: this.#active.size,
      backoff: this.#backoff.size,
      unschedulable: this.#unschedulable.size,
      gated: this.#gated,
    }
  }

  /** Whether `take` would give a pod. */
  get isReady(): boolean {
    return this.#active.size + this.#early.size > 0
  }

  has(uid: string): boolean {
    return this.#all.has(uid)
  }

  /** A new pod, or a new version of one that waits; `mayFitNow`: that version is worth another try. */
  add(pod: PodInfo, mayFitNow = false): void {
    const known = this.#all.get(pod.uid)
    if (known) {
      known.pod = pod
      if (known.place === 'gated' && !this.#isHeldBack(pod)) this.#activate(known)
      else if (known.place === 'unschedulable' && mayFitNow) this.#wake(known)
      return
    }
    const waiting: Waiting = {
      pod,
      arrival: this.#arrivals++,
      place: 'tried',
      misfits: 0,
      errors: 0,
      backoffUntilMs: 0,
      setAsideAtMs: 0,
      refusedBy: [],
    }
    this.#all.set(pod.uid, waiting)
    if (this.#isHeldBack(pod)) {
      waiting.place = 'gated'
      this.#gated++
    } else this.#activate(waiting)
  }

  delete(uid: string): void {
    const waiting = this.#all.get(uid)
    if (!waiting) return
    this.#all.delete(uid)
    this.#leave(waiting)
  }

  /** The pod whose turn it is. It is being tried until it is done, refused, failed or deleted. */
  take(): PodInfo | undefined {
    const waiting = this.#active.peek() ?? this.#early.peek()
    if (!waiting) return undefined
    this.#leave(waiting)
    return waiting.pod
  }

  /** It has its node. */
  done(uid: string): void {
    this.delete(uid)
  }

  /** It did not fit: it waits for a change that these plugins care about. None: for any. */
  refused(uid: string, plugins: ReadonlySet<string>): void {
    const waiting = this.#tried(uid)
    if (!waiting) return
    const nowMs = this.#clock.monotonic()
    waiting.refusedBy = this.#plugins.filter(({ name }) => plugins.has(name))
    waiting.errors = 0
    waiting.backoffUntilMs = nowMs + backoffMs(waiting.misfits++, backoff)
    waiting.setAsideAtMs = nowMs
    waiting.place = 'unschedulable'
    this.#unschedulable.add(waiting)
    this.#arm(nowMs + setAsideMs)
  }

  /** Something went wrong that has nothing to do with fitting: again, after a back-off. */
  failed(uid: string): void {
    const waiting = this.#tried(uid)
    if (!waiting) return
    waiting.backoffUntilMs = this.#clock.monotonic() + backoffMs(waiting.errors++, backoff)
    waiting.place = 'backoff'
    this.#backoff.push(waiting)
    this.#arm(waiting.backoffUntilMs)
  }

  /** The cluster has changed in this way (on this node, if it is one): whom it may help may try again. */
  wake(change: Wake, node?: NodeInfo): void {
    for (const waiting of this.#unschedulable) if (mayHelp(waiting, change, node)) this.#wake(waiting)
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #isHeldBack(pod: PodInfo): boolean {
    return this.#plugins.some((plugin) => plugin.holdsBack?.(pod) ?? false)
  }

  #tried(uid: string): Waiting | undefined {
    const waiting = this.#all.get(uid)
    return waiting?.place === 'tried' ? waiting : undefined
  }

  #leave(waiting: Waiting): void {
    if (waiting.place === 'active') this.#active.delete(waiting)
    else if (waiting.place === 'backoff') {
      this.#backoff.delete(waiting)
      this.#early.delete(waiting)
    } else if (waiting.place === 'unschedulable') this.#unschedulable.delete(waiting)
    else if (waiting.place === 'gated') this.#gated--
    waiting.place = 'tried'
  }

  #activate(waiting: Waiting): void {
    this.#leave(waiting)
    waiting.place = 'active'
    this.#active.push(waiting)
    this.#onReady()
  }

  #wake(waiting: Waiting): void {
    if (waiting.backoffUntilMs <= this.#clock.monotonic()) {
      this.#activate(waiting)
      return
    }
    this.#leave(waiting)
    waiting.place = 'backoff'
    this.#backoff.push(waiting)
    this.#early.push(waiting)
    this.#arm(waiting.backoffUntilMs)
    this.#onReady()
  }

  #arm(dueMs: number): void {
    if (dueMs >= this.#timerDueMs || this.#stopped) return
    this.#timer?.cancel()
    this.#timerDueMs = dueMs
    this.#timer = this.#clock.after(dueMs - this.#clock.monotonic(), () => this.#onTimer())
  }

  #onTimer(): void {
    this.#timerDueMs = Number.POSITIVE_INFINITY
    const nowMs = this.#clock.monotonic()
    const first = () => this.#backoff.peek()
    for (let next = first(); next && next.backoffUntilMs <= nowMs; next = first()) this.#activate(next)
    for (const waiting of this.#unschedulable) {
      if (waiting.setAsideAtMs + setAsideMs > nowMs) break
      this.#wake(waiting)
    }
    const [oldest] = this.#unschedulable
    if (oldest) this.#arm(oldest.setAsideAtMs + setAsideMs)
    this.#arm(first()?.backoffUntilMs ?? Number.POSITIVE_INFINITY)
  }
}

/** Whether a plugin that refused the pod cares about the change, and would not refuse it on that node still. */
function mayHelp({ pod, refusedBy }: Waiting, change: Wake, node: NodeInfo | undefined): boolean {
  // A cluster without nodes has refused without any plugin.
  if (refusedBy.length === 0) return true
  return refusedBy.some((plugin) => {
    if (!plugin.wakes.includes(change)) return false
    return !plugin.looksAtNodeOnly || !node || !plugin.filter?.(pod, node, undefined as never)
  })
}
