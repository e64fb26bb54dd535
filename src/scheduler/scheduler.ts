// The scheduler: gives each pod that waits for one a node. It decides over its own snapshot, counts the pod there
// at once, and binds in the background, many at a time; a bind that fails is taken back. What it last said of
// each pod that did not fit is kept, node by node, for whoever asks why.

import { Namespace } from '#api/core/namespace.ts'
import { Node } from '#api/core/node.ts'
import { Pod } from '#api/core/pod.ts'
import type { Selector } from '#api/labels.ts'
import { isConflict, isNotFound } from '#api/status-error.ts'
import type { Client } from '#client/client.ts'
import type { EventRecorder } from '#client/events.ts'
import type { Informers } from '#client/informer.ts'
import { type Clock, formatTime } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { Lru } from '#lib/lru.ts'
import { allVerdicts, type Decision, decide, type NodeVerdict, type Turn } from './decide.ts'
import type { Plugin, Wake } from './framework.ts'
import { type PodInfo, podInfo } from './pod-info.ts'
import { SchedulingQueue } from './scheduling-queue.ts'
import { Snapshot } from './snapshot.ts'

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
  counts(): ReturnType<SchedulingQueue['counts']>
  /** Resolves when no pod can be tried and no bind is under way. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** So many binds are under way at once; further decisions wait for them. */
const concurrentBinds = 64
/** Decisions between two looks at the rest of the process. */
const decisionsPerTurn = 100
const keptVerdicts = 1000

const isOver = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed'

export function startScheduler(options: SchedulerOptions): Scheduler {
  const { client, informers, events, clock, log, plugins, schedulerName = 'default-scheduler' } = options
  const pods = informers.of(Pod)
  const nodes = informers.of(Node)
  const namespaces = informers.of(Namespace)

  const namespacesBySelector = (selector: Selector): ReadonlySet<string> =>
    new Set(
      namespaces
        .list()
        .filter(({ metadata }) => selector.matches(metadata.labels))
        .map(({ metadata }) => metadata.name ?? ''),
    )
  const snapshot = new Snapshot(namespacesBySelector)
  const verdicts = new Lru<string, readonly NodeVerdict[]>({ maxEntries: keptVerdicts })
  const turn: Turn = { start: 0 }
  let stopped = false
  let working = false
  let binding = 0
  let waiters: (() => void)[] = []
  const ready = Promise.withResolvers<void>()
  let isReady = false

  const queue = new SchedulingQueue(clock, plugins, () => void work())

  const isMine = (pod: Pod): boolean =>
    !pod.spec.nodeName &&
    !isOver(pod) &&
    !pod.metadata.deletionTimestamp &&
    (pod.spec.schedulerName ?? 'default-scheduler') === schedulerName

  const onPod = (next: Pod | undefined, old: Pod | undefined): void => {
    const uid = (next ?? old)?.metadata.uid ?? ''
    if (!next || isOver(next)) {
      queue.delete(uid)
      const wasPlaced = snapshot.placedOn(uid) !== undefined
      snapshot.unplace(uid)
      if (wasPlaced) queue.wake('pod-removed')
      return
    }
    if (next.spec.nodeName) {
      queue.delete(uid)
      const isNew = snapshot.placedOn(uid) !== next.spec.nodeName
      snapshot.place(podInfo(next), next.spec.nodeName)
      if (isNew) queue.wake('pod-added')
      else if (old && old.metadata.labels !== next.metadata.labels) queue.wake('pod-labels')
      return
    }
    if (isMine(next)) {
      // A pod on which only the scheduler's own condition has changed is not worth another try.
      if (snapshot.placedOn(uid) === undefined && (!old || changesItsChances(next, old))) queue.add(podInfo(next))
    } else queue.delete(uid)
  }

  const onNode = (next: Node | undefined, old: Node | undefined): void => {
    if (!next) {
      snapshot.removeNode(old?.metadata.name ?? '')
      return
    }
    snapshot.setNode(next)
    for (const change of nodeChanges(next, old)) queue.wake(change)
  }

  const work = async (): Promise<void> => {
    if (working || stopped || !isReady) return
    working = true
    try {
      for (let decisions = 1; !stopped; decisions++) {
        if (binding >= concurrentBinds) await new Promise<void>((resolve) => waiters.push(resolve))
        const pod = queue.take()
        if (!pod) break
        schedule(pod)
        if (decisions % decisionsPerTurn === 0) await clock.sleep(0)
      }
    } finally {
      working = false
      settleIdle()
    }
  }

  const schedule = (pod: PodInfo): void => {
    for (const plugin of plugins) {
      const why = plugin.gate?.(pod)
      if (why === undefined) continue
      queue.refused(pod.uid, new Set([plugin.name]))
      void sayUnschedulable(pod, 'SchedulingGated', why)
      return
    }
    let decision: Decision
    try {
      decision = decide(pod, snapshot, plugins, turn)
    } catch (error) {
      log.error('A plugin has failed', { pod: pod.key, error })
      queue.failed(pod.uid)
      return
    }
    if (decision.fits) {
      snapshot.place(pod, decision.node)
      binding++
      void bind(pod, decision.node)
      return
    }
    verdicts.set(pod.uid, allVerdicts(pod, snapshot, plugins))
    queue.refused(pod.uid, decision.plugins)
    events.record(pod.pod, 'Warning', 'FailedScheduling', decision.message)
    void sayUnschedulable(pod, 'Unschedulable', decision.message)
  }

  const bind = async (pod: PodInfo, node: string): Promise<void> => {
    const { name = '', namespace, uid = '' } = pod.pod.metadata
    try {
      await client.createSubresource(Pod, { namespace, name }, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: node },
      })
      queue.done(pod.uid)
      events.record(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${node}`)
    } catch (error) {
      snapshot.unplace(pod.uid)
      if (isNotFound(error) || isConflict(error)) queue.done(pod.uid)
      else {
        log.warn('Cannot bind', { pod: pod.key, node, error: String(error) })
        queue.failed(pod.uid)
      }
      queue.wake('pod-removed')
    } finally {
      binding--
      const waiting = waiters
      waiters = []
      for (const resolve of waiting) resolve()
      settleIdle()
    }
  }

  const sayUnschedulable = async (pod: PodInfo, reason: string, message: string): Promise<void> => {
    const { name = '', namespace, generation } = pod.pod.metadata
    const known = pod.pod.status.conditions?.find((c) => c.type === 'PodScheduled')
    if (known?.status === 'False' && known.reason === reason && known.message === message) return
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastTransitionTime: known?.status === 'False' ? known.lastTransitionTime : formatTime(clock.now()),
      lastProbeTime: null,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    }
    await client
      .patch(
        Pod,
        { namespace, name },
        { status: { conditions: [condition] } },
        { type: 'strategic', subresource: 'status' },
      )
      .catch((error) => {
        if (!isNotFound(error)) log.warn('Cannot say why a pod waits', { pod: pod.key, error: String(error) })
      })
  }

  let idlers: (() => void)[] = []
  const isIdle = (): boolean => !working && binding === 0 && queue.counts().active === 0
  const settleIdle = (): void => {
    if (!isIdle()) return
    const waiting = idlers
    idlers = []
    for (const resolve of waiting) resolve()
  }

  const start = async (): Promise<void> => {
    await Promise.all([pods.synced, nodes.synced, namespaces.synced])
    if (stopped) return
    stopListening.push(nodes.onChange(onNode), pods.onChange(onPod))
    isReady = true
    ready.resolve()
    void work()
  }
  const stopListening: (() => void)[] = []
  void start()

  return {
    synced: ready.promise,
    verdicts: (uid) => verdicts.get(uid),
    counts: () => queue.counts(),
    idle: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
    async stop() {
      stopped = true
      for (const stopOne of stopListening) stopOne()
      queue.stop()
      if (binding > 0) await new Promise<void>((resolve) => idlers.push(resolve))
    },
  }
}

const changesItsChances = (next: Pod, old: Pod): boolean =>
  old.spec !== next.spec &&
  (JSON.stringify(old.spec) !== JSON.stringify(next.spec) ||
    JSON.stringify(old.metadata.labels) !== JSON.stringify(next.metadata.labels))

const differs = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b)

/** In which ways a node has changed that may let a pod fit. */
function nodeChanges(next: Node, old: Node | undefined): Wake[] {
  if (!old) return ['node-added']
  const changes: Wake[] = []
  if (differs(next.status.allocatable, old.status.allocatable)) changes.push('node-resources')
  if (differs(next.metadata.labels, old.metadata.labels)) changes.push('node-labels')
  if (differs(next.spec.taints, old.spec.taints) || next.spec.unschedulable !== old.spec.unschedulable)
    changes.push('node-taints')
  return changes
}
