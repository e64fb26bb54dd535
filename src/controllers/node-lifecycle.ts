// Judges nodes by their heartbeats and puts the verdict where others read it: conditions become Unknown when a node
// falls silent, taints keep pods away (NoSchedule) or drive them out (NoExecute), its pods are no longer ready.
//
// Assumes agents renew a Lease in kube-node-lease and report conditions. Guarantees: time is measured from when a
// heartbeat was seen here, so clocks that differ do no harm; when nearly everything seems dead, nothing is driven out
// (it is then more likely that we are cut off), and otherwise nodes are given up one by one.

import { findCondition } from '#api/conditions.ts'
import { type Lease, Lease as LeaseKind } from '#api/coordination/lease.ts'
import { type Node, Node as NodeKind } from '#api/core/node.ts'
import type { NodeCondition } from '#api/core/node-types.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import { isNotFound } from '#api/status-error.ts'
import { type Controller, type ControllerContext, controller, trigger } from '#client/controller.ts'
import { type Clock, formatTime } from '#lib/clock.ts'
import { TokenBucket } from '#lib/rate-limit.ts'
import { isEqual } from './equal.ts'
import { evictionRate, isHealthy, isReadinessTaint, silentConditions, taintsFor } from './node-health.ts'
import { refTo } from './owners.ts'
import { byName, conditionOf, isReady, podsOnNode } from './pods.ts'

export interface NodeLifecycleOptions {
  /** A node that has not been heard of for so long is Unknown. Upstream's since 1.32. */
  readonly graceMs?: number
  /** The same for a node that has never reported. */
  readonly startupGraceMs?: number
  /** How many nodes of a zone may be given up per second. */
  readonly evictionsPerSecond?: number
}

const nodeLeases = 'kube-node-lease'

/** When each node was last heard of, by our own clock. */
class Heartbeats {
  readonly #heard = new Map<string, number>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  hear(node: string): void {
    this.#heard.set(node, this.#clock.monotonic())
  }

  /** A node that has never reported counts from its creation; one that we see for the first time from now. */
  lastMs({ metadata, status }: Node): number {
    const name = metadata.name ?? ''
    const known = this.#heard.get(name)
    if (known !== undefined) return known
    const nowMs = this.#clock.monotonic()
    const ageMs = metadata.creationTimestamp ? this.#clock.now() - Date.parse(metadata.creationTimestamp) : 0
    const fromMs = findCondition(status.conditions, 'Ready') ? nowMs : nowMs - Math.max(0, ageMs)
    this.#heard.set(name, fromMs)
    return fromMs
  }

  forget(node: string): void {
    this.#heard.delete(node)
  }

  /** After an outage of everything each gets its whole grace again. */
  hearAll(): void {
    for (const node of this.#heard.keys()) this.hear(node)
  }
}

export function nodeLifecycle(options: NodeLifecycleOptions = {}): Controller {
  const { graceMs = 50_000, startupGraceMs = 60_000, evictionsPerSecond = 0.1 } = options
  let heartbeats: Heartbeats | undefined
  const beats = ({ clock }: ControllerContext) => {
    heartbeats ??= new Heartbeats(clock)
    return heartbeats
  }
  const registered = new Map<string, string>()
  const buckets = new Map<string, { readonly perSecond: number; readonly bucket: TokenBucket }>()
  let allDown = false

  const deadlineMs = (node: Node, context: ControllerContext): number => {
    const isKnown = findCondition(node.status.conditions, 'Ready') !== undefined
    return beats(context).lastMs(node) + (isKnown ? graceMs : startupGraceMs)
  }

  /** Nodes fall silent together when we are cut off: those whose turn to be judged is still to come count as down. */
  const isUp = (node: Node, context: ControllerContext): boolean =>
    isHealthy(node) && context.clock.monotonic() <= deadlineMs(node, context)

  const mayEvict = (
    node: Node,
    context: ControllerContext,
  ): { readonly now: boolean; readonly againAfterMs?: number } => {
    const nodes = context.informers.of(NodeKind).list()
    const { zone, perSecond } = evictionRate(node, nodes, evictionsPerSecond, (each) => isUp(each, context))
    if (perSecond === 0) return { now: false }
    let entry = buckets.get(zone)
    if (entry?.perSecond !== perSecond) {
      entry = { perSecond, bucket: new TokenBucket(context.clock, { perSecond, burst: 1 }) }
      buckets.set(zone, entry)
    }
    return entry.bucket.tryTake() ? { now: true } : { now: false, againAfterMs: 1000 / perSecond }
  }

  /** When the last node dies nothing is driven out; when the first one comes back all get time to be heard. */
  const noteOutage = (context: ControllerContext): void => {
    const nodes = context.informers.of(NodeKind).list()
    const down = nodes.length > 0 && !nodes.some(isHealthy)
    if (down === allDown) return
    allDown = down
    beats(context).hearAll()
    for (const node of nodes) context.enqueue(refTo(node))
  }

  return controller({
    name: 'node-controller',
    account: 'node-controller',
    triggers: [
      trigger(NodeKind, (next, old, context) => {
        const node = (next ?? old) as Node
        if (next && old && isHeartbeat(next, old)) beats(context).hear(next.metadata.name ?? '')
        return [refTo(node)]
      }),
      // Only the time is noted: a renewed lease wakes nobody.
      trigger(LeaseKind, (next, old, context) => {
        if (next && isRenewal(next, old)) beats(context).hear(next.metadata.name ?? '')
        if (!next && !registered.has(old?.metadata.name ?? '')) heartbeats?.forget(old?.metadata.name ?? '')
        return []
      }),
    ],
    reads: [PodKind],
    async reconcile({ name }, context) {
      const { client, informers, clock, events } = context
      const node = informers.of(NodeKind).get(undefined, name)
      noteOutage(context)
      if (!node) {
        heartbeats?.forget(name)
        const uid = registered.get(name)
        if (!registered.delete(name)) return
        const gone = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid } }
        events.record(gone, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
        return
      }
      if (!registered.has(name))
        events.record(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
      registered.set(name, node.metadata.uid ?? '')

      const deadline = deadlineMs(node, context)
      const isSilent = clock.monotonic() > deadline
      const before = node.status.conditions ?? []
      const conditions = isSilent ? silentConditions(node, clock.now()) : before
      let current = node
      if (!isEqual(conditions, before)) {
        current = await client.updateStatus(NodeKind, {
          ...node,
          status: { ...node.status, conditions: [...conditions] },
        })
        if (isHealthy(node)) events.record(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
      }
      const againMs = await setTaints(current, conditions, context)
      if (findCondition(conditions, 'Ready')?.status === 'Unknown') await markPods(name, context)
      const waits = [againMs, isSilent ? undefined : deadline - clock.monotonic() + 1].filter((ms) => ms !== undefined)
      return waits.length > 0 ? { againAfterMs: Math.min(...waits) } : undefined
    },
  })

  /** Returns when to come again, where a node has to wait for its turn to be given up. */
  async function setTaints(
    node: Node,
    conditions: readonly NodeCondition[],
    context: ControllerContext,
  ): Promise<number | undefined> {
    const ready = findCondition(conditions, 'Ready')?.status
    const isOut = ready === 'False' || ready === 'Unknown'
    const has = (node.spec.taints ?? []).some(({ key, effect }) => effect === 'NoExecute' && isReadinessTaint(key))
    const turn = isOut && !has ? mayEvict(node, context) : { now: false }
    const taints = taintsFor(allDown ? withoutEviction(node) : node, conditions, turn.now, context.clock.now())
    if (!isEqual(taints, node.spec.taints ?? [])) {
      const metadata = { resourceVersion: node.metadata.resourceVersion }
      await context.client.patch(NodeKind, refTo(node), { metadata, spec: { taints } }, { type: 'merge' })
    }
    return turn.againAfterMs
  }
}

/** Everything is down: what was driving pods out is taken away again. */
const withoutEviction = (node: Node): Node => ({
  ...node,
  spec: {
    ...node.spec,
    taints: (node.spec.taints ?? []).filter(({ key, effect }) => effect !== 'NoExecute' || !isReadinessTaint(key)),
  },
})

const isHeartbeat = (next: Node, old: Node): boolean =>
  !isEqual(
    (next.status.conditions ?? []).filter(({ reason }) => !ourReasons.has(reason ?? '')),
    (old.status.conditions ?? []).filter(({ reason }) => !ourReasons.has(reason ?? '')),
  ) && !isEqual(readyBeat(next), readyBeat(old))

const ourReasons: ReadonlySet<string> = new Set(['NodeStatusUnknown', 'NodeStatusNeverUpdated'])

const readyBeat = ({ status }: Node): unknown =>
  (status.conditions ?? []).map(({ type, lastHeartbeatTime }) => [type, lastHeartbeatTime])

const isRenewal = ({ metadata, spec }: Lease, old: Lease | undefined): boolean =>
  metadata.namespace === nodeLeases && spec.renewTime !== old?.spec.renewTime

/** Pods of a node that nobody hears of must not get traffic. */
async function markPods(node: string, { client, informers, events, clock }: ControllerContext): Promise<void> {
  for (const pod of [...podsOnNode(informers, node)].filter(isReady).sort(byName)) {
    await client.updateStatus(PodKind, withUnready(pod, clock.now())).catch((error) => {
      if (!isNotFound(error)) throw error
    })
    events.record(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  }
}

function withUnready(pod: Pod, nowMs: number): Pod {
  const ready = conditionOf(pod, 'Ready')
  const conditions = (pod.status.conditions ?? []).map((condition) =>
    condition === ready ? { ...condition, status: 'False', lastTransitionTime: formatTime(nowMs) } : condition,
  )
  return { ...pod, status: { ...pod.status, conditions } }
}
