// How a node's condition is judged: what silence turns its conditions to, which taints follow from them, and how fast
// the nodes of a zone may be given up. Pure.

import { findCondition, isConditionTrue } from '#api/conditions.ts'
import type { Node } from '#api/core/node.ts'
import type { NodeCondition } from '#api/core/node-types.ts'
import type { Taint } from '#api/core/taint.ts'
import { formatTime } from '#lib/clock.ts'

export const notReadyTaint = 'node.kubernetes.io/not-ready'
export const unreachableTaint = 'node.kubernetes.io/unreachable'
const unschedulableTaint = 'node.kubernetes.io/unschedulable'
const unhealthyThreshold = 0.55
const largeZone = 50
const slowEvictionsPerSecond = 0.01

/** Which condition, in which state, keeps pods away, and by which taint. */
const taintOf: readonly { readonly type: string; readonly status: string; readonly key: string }[] = [
  { type: 'Ready', status: 'False', key: notReadyTaint },
  { type: 'Ready', status: 'Unknown', key: unreachableTaint },
  { type: 'MemoryPressure', status: 'True', key: 'node.kubernetes.io/memory-pressure' },
  { type: 'DiskPressure', status: 'True', key: 'node.kubernetes.io/disk-pressure' },
  { type: 'NetworkUnavailable', status: 'True', key: 'node.kubernetes.io/network-unavailable' },
  { type: 'PIDPressure', status: 'True', key: 'node.kubernetes.io/pid-pressure' },
]
const ourTaints: ReadonlySet<string> = new Set([...taintOf.map(({ key }) => key), unschedulableTaint])

/** The conditions of a node that has been silent for too long. */
export function silentConditions(node: Node, nowMs: number): readonly NodeCondition[] {
  const conditions = [...(node.status.conditions ?? [])]
  for (const type of ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']) {
    const at = conditions.findIndex((condition) => condition.type === type)
    const old = conditions[at]
    if (!old)
      conditions.push({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: node.metadata.creationTimestamp,
        lastTransitionTime: formatTime(nowMs),
      })
    else if (old.status !== 'Unknown')
      conditions[at] = {
        ...old,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime: formatTime(nowMs),
      }
  }
  return conditions
}

/** The taints that follow from a node's conditions. `evict` false: pods are not driven out (not yet, or not at all). */
export function taintsFor(
  node: Node,
  conditions: readonly NodeCondition[],
  evict: boolean,
  nowMs: number,
): readonly Taint[] {
  const old = node.spec.taints ?? []
  const held = taintOf.filter(({ type, status }) => findCondition(conditions, type)?.status === status)
  const wanted: Pick<Taint, 'key' | 'effect'>[] = held.map(({ key }) => ({ key, effect: 'NoSchedule' }))
  if (node.spec.unschedulable) wanted.push({ key: unschedulableTaint, effect: 'NoSchedule' })
  for (const { type, key } of held) {
    const hasAny = old.some((taint) => taint.effect === 'NoExecute' && isReadinessTaint(taint.key))
    if (type === 'Ready' && (evict || hasAny)) wanted.push({ key, effect: 'NoExecute' })
  }
  const isOurs = ({ key, effect }: Taint) =>
    (effect === 'NoSchedule' && ourTaints.has(key)) || (effect === 'NoExecute' && isReadinessTaint(key))
  const isWanted = (taint: Taint) => wanted.some(({ key, effect }) => taint.key === key && taint.effect === effect)
  const kept = old.filter((taint) => !isOurs(taint) || isWanted(taint))
  const added = wanted.filter(({ key, effect }) => !kept.some((taint) => taint.key === key && taint.effect === effect))
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: formatTime(nowMs) }))]
}

export const isReadinessTaint = (key: string): boolean => key === notReadyTaint || key === unreachableTaint

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption'

export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  if (notReady > 2 && notReady / (ready + notReady) >= unhealthyThreshold) return 'PartialDisruption'
  return 'Normal'
}

const zoneOf = ({ metadata: { labels } }: Node): string =>
  `${labels?.['topology.kubernetes.io/region'] ?? ''}:${labels?.['topology.kubernetes.io/zone'] ?? ''}`

export const isHealthy = (node: Node): boolean => isConditionTrue(node.status.conditions, 'Ready')

/** How fast the zone's nodes may be given up, and whether anything may be at all. */
export function evictionRate(
  node: Node,
  nodes: readonly Node[],
  perSecond: number,
  isUp: (node: Node) => boolean = isHealthy,
): { readonly zone: string; readonly perSecond: number } {
  const zones = Map.groupBy(nodes, zoneOf)
  const stateOf = (members: readonly Node[]) => {
    const ready = members.filter(isUp).length
    return zoneState(ready, members.length - ready)
  }
  const zone = zoneOf(node)
  if ([...zones.values()].every((members) => stateOf(members) === 'FullDisruption')) return { zone, perSecond: 0 }
  const members = zones.get(zone) ?? []
  if (stateOf(members) !== 'PartialDisruption') return { zone, perSecond }
  return { zone, perSecond: members.length > largeZone ? slowEvictionsPerSecond : 0 }
}
