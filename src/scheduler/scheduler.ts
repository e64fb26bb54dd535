// The scheduler: gives each pod that waits for one a node. It decides over its own snapshot, counts the pod there
// at once, and binds in the background, many at a time; a bind that fails is taken back. What it last said of
// each pod that did not fit is kept, node by node, for whoever asks why.

import { Namespace } from '#api/core/namespace.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import { isNotFound, StatusError } from '#api/status-error.ts'
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/events.ts'
import type { Informers } from '#client/informer.ts'
import { type Clock, settle } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { Lru } from '#lib/lru.ts'
import { bindPod } from './bind-pod.ts'
import { countsAlike, mayFitNow, nodeChanges, placedPodChanges } from './changes.ts'
import { type Decision, decide, type NodeVerdict, type Turn } from './decide.ts'
import type { Plugin } from './framework.ts'
import { type PodInfo, podInfo } from './pod-info.ts'
import { type QueueCounts, SchedulingQueue } from './scheduling-queue.ts'
import { Snapshot } from './snapshot.ts'
import { WaitingConditions } from './waiting-conditions.ts'

export interface SchedulerOptions {
  readonly client: Client
  readonly informers: Informers
  readonly events: EventRecorder
  readonly clock: Clock
  readonly log: Log
  readonly plugins: readonly Plugin[]
  /** Pods that name another scheduler are left alone. */
  readonly schedulerName?: string
}

export interface Scheduler {
  readonly synced: Promise<void>
  /** Every plugin's verdict on every node for a pod that did not fit when it was last tried. */
  verdicts(uid: string): readonly NodeVerdict[] | undefined
  counts(): QueueCounts
  /** Resolves when no pod can be tried and nothing is being written. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** So many binds are under way at once; further decisions wait for them. */
const bindsAtOnce = 64
/** Decisions between two looks at the rest of the process. */
const decisionsPerTurn = 100
const keptPods = 1000
const keptVerdicts = 200_000

const defaultName = 'default-scheduler'

const isOver = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed'

export function startScheduler(options: SchedulerOptions): Scheduler {
  const scheduling = new Scheduling(options)
  void scheduling.start()
  return scheduling
}

class Scheduling implements Scheduler {
  readonly #options: SchedulerOptions
  readonly #schedulerName: string
  readonly #snapshot: Snapshot
  readonly #queue: SchedulingQueue
  readonly #conditions: WaitingConditions
  readonly #verdicts = new Lru<string, readonly NodeVerdict[]>({
    maxEntries: keptPods,
    maxSize: keptVerdicts,
    sizeOf: ({ length }) => length,
  })
  readonly #turn: Turn = { start: 0 }
  /** Pods that are counted on a node of which the API has not said so yet, and the binds under way. */
  readonly #assumed = new Set<string>()
  readonly #binding = new Set<Promise<void>>()
  readonly #unsubscribe: (() => void)[] = []
  readonly #synced = Promise.withResolvers<void>()
  #working: Promise<void> | undefined
  #isListening = false
  #stopped = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#schedulerName = options.schedulerName ?? defaultName
    const namespaces = options.informers.of(Namespace)
    this.#snapshot = new Snapshot((name) => namespaces.get(undefined, name)?.metadata.labels)
    this.#queue = new SchedulingQueue(options.clock, options.plugins, () => this.#wake())
    this.#conditions = new WaitingConditions(options)
  }

  get synced(): Promise<void> {
    return this.#synced.promise
  }

  async start(): Promise<void> {
    const { informers } = this.#options
    const [pods, nodes, namespaces] = [informers.of(Pod), informers.of(Node), informers.of(Namespace)]
    await Promise.all([pods.synced, nodes.synced, namespaces.synced])
    if (this.#stopped) return
    this.#unsubscribe.push(
      namespaces.onChange((next, old) => {
        if (next?.metadata.labels !== old?.metadata.labels) this.#snapshot.counts.namespaceChanged()
      }),
      nodes.onChange((next, old) => this.#onNode(next, old)),
      pods.onChange((next, old) => this.#onPod(next, old)),
    )
    this.#isListening = true
    this.#synced.resolve()
    this.#wake()
  }

  verdicts(uid: string): readonly NodeVerdict[] | undefined {
    return this.#verdicts.get(uid)
  }

  counts(): QueueCounts {
    return this.#queue.counts()
  }

  async idle(): Promise<void> {
    while (!this.#stopped && (this.#working || this.#binding.size > 0 || !this.#conditions.isIdle)) {
      await Promise.all([this.#working, ...this.#binding, this.#conditions.idle()])
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#queue.stop()
    await Promise.all([this.#working, ...this.#binding, this.#conditions.idle()])
  }

  #onNode(next: Node | undefined, old: Node | undefined): void {
    if (!next) {
      this.#snapshot.removeNode(old?.metadata.name ?? '')
      return
    }
    const changes = nodeChanges(next, old)
    this.#snapshot.setNode(next)
    const node = this.#snapshot.node(next.metadata.name ?? '')
    for (const change of changes) this.#queue.wake(change, node)
  }

  #onPod(next: Pod | undefined, old: Pod | undefined): void {
    if (!next || isOver(next)) this.#onGone((next ?? old)?.metadata.uid ?? '')
    else if (next.spec.nodeName) this.#onPlaced(next, next.spec.nodeName)
    else if (this.#isMine(next)) this.#onWaiting(next, old)
    else this.#forget(next.metadata.uid ?? '')
  }

  #isMine({ metadata, spec }: Pod): boolean {
    return !metadata.deletionTimestamp && (spec.schedulerName ?? defaultName) === this.#schedulerName
  }

  #onWaiting(pod: Pod, old: Pod | undefined): void {
    const uid = pod.metadata.uid ?? ''
    // While it is being bound its newest version is kept, in case that fails; once bound this is old news.
    if (this.#assumed.has(uid) && !this.#queue.has(uid)) return
    this.#queue.add(podInfo(pod), old !== undefined && mayFitNow(pod, old))
  }

  #onPlaced(pod: Pod, nodeName: string): void {
    const uid = pod.metadata.uid ?? ''
    this.#forget(uid)
    const wasAssumed = this.#assumed.delete(uid)
    const at = this.#snapshot.placed(uid)
    const isHere = at?.nodeName === nodeName
    const node = this.#snapshot.node(nodeName)
    if (!isHere || wasAssumed) {
      if (!isHere || !countsAlike(pod, at.pod.pod)) this.#snapshot.place(podInfo(pod), nodeName)
      if (at && !isHere) this.#queue.wake('pod-removed', this.#snapshot.node(at.nodeName))
      this.#queue.wake('pod-added', node)
      return
    }
    if (countsAlike(pod, at.pod.pod)) return
    const info = podInfo(pod)
    this.#snapshot.place(info, nodeName)
    for (const change of placedPodChanges(info, at.pod)) this.#queue.wake(change, node)
  }

  #onGone(uid: string): void {
    this.#forget(uid)
    this.#assumed.delete(uid)
    this.#takeBack(uid)
  }

  /** It waits no more. */
  #forget(uid: string): void {
    this.#queue.delete(uid)
    this.#verdicts.delete(uid)
    this.#conditions.forget(uid)
  }

  #takeBack(uid: string): void {
    const at = this.#snapshot.placed(uid)
    if (!at) return
    this.#snapshot.unplace(uid)
    this.#queue.wake('pod-removed', this.#snapshot.node(at.nodeName))
  }

  /** In a later turn, so that of pods that come together the most important is first. */
  #wake(): void {
    if (!this.#isListening || this.#stopped) return
    this.#working ??= Promise.resolve()
      .then(() => this.#work())
      .finally(() => {
        this.#working = undefined
        if (this.#mayWork && this.#queue.isReady) this.#wake()
      })
  }

  get #mayWork(): boolean {
    return !this.#stopped && this.#binding.size < bindsAtOnce
  }

  async #work(): Promise<void> {
    for (let decisions = 1; this.#mayWork; decisions++) {
      const pod = this.#queue.take()
      if (!pod) return
      this.#schedule(pod)
      if (decisions % decisionsPerTurn === 0) await settle()
    }
  }

  #schedule(pod: PodInfo): void {
    let decision: Decision
    try {
      decision = decide(pod, this.#snapshot, this.#options.plugins, this.#turn)
    } catch (error) {
      this.#options.log.error('Cannot decide about a pod', { pod: pod.key, error })
      this.#onError(pod, String(error))
      return
    }
    if (decision.fits) {
      this.#assume(pod, decision.node)
      return
    }
    this.#verdicts.set(pod.uid, decision.verdicts)
    this.#queue.refused(pod.uid, decision.plugins)
    this.#options.events.record(pod.pod, 'Warning', 'FailedScheduling', decision.message)
    this.#conditions.say(pod.pod, 'Unschedulable', decision.message)
  }

  #assume(pod: PodInfo, nodeName: string): void {
    this.#snapshot.place(pod, nodeName)
    this.#assumed.add(pod.uid)
    const bound = this.#bind(pod, nodeName).finally(() => {
      this.#binding.delete(bound)
      if (this.#queue.isReady) this.#wake()
    })
    this.#binding.add(bound)
  }

  async #bind(pod: PodInfo, nodeName: string): Promise<void> {
    const { client, clock, events, log } = this.#options
    try {
      await bindPod(client, clock, pod.pod, nodeName)
      this.#forget(pod.uid)
      events.record(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${nodeName}`)
    } catch (error) {
      // If the API has shown the pod on a node meanwhile, or taken it away, that holds.
      if (this.#assumed.delete(pod.uid)) this.#takeBack(pod.uid)
      if (isNotFound(error) || !this.#queue.has(pod.uid)) {
        this.#queue.failed(pod.uid)
        return
      }
      log.warn('Cannot bind', { pod: pod.key, node: nodeName, error: String(error) })
      const text = error instanceof StatusError ? error.message : String(error)
      this.#onError(pod, `running Bind plugin "DefaultBinder": ${text}`)
    }
  }

  /** Nothing that a change of the cluster would mend: it is tried again after a while. */
  #onError(pod: PodInfo, message: string): void {
    this.#queue.failed(pod.uid)
    this.#options.events.record(pod.pod, 'Warning', 'FailedScheduling', message)
    this.#conditions.say(pod.pod, 'SchedulerError', message)
  }
}
