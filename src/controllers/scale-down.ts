// Which pods go first when there are too many: those whose loss costs users least (upstream's ActivePodsWithRanks).

import type { Pod } from '#api/core/pod.ts'
import { compareText, conditionOf, isActive, isReady } from './pods.ts'

/** The `count` first to go. `related` are the pods, of this and its sister sets, that should be spread over nodes. */
export function firstToGo(pods: readonly Pod[], related: readonly Pod[], count: number, nowMs: number): readonly Pod[] {
  if (count <= 0) return []
  if (count >= pods.length) return pods
  const perNode = new Map<string, number>()
  for (const pod of related) {
    if (!isActive(pod)) continue
    const node = pod.spec.nodeName ?? ''
    perNode.set(node, (perNode.get(node) ?? 0) + 1)
  }
  const facts = pods.map((pod) => factsOf(pod, perNode.get(pod.spec.nodeName ?? '') ?? 0, nowMs))
  return facts
    .sort(compare)
    .slice(0, count)
    .map(({ pod }) => pod)
}

interface Facts {
  readonly pod: Pod
  /** Compared from left to right; the smaller goes first. */
  readonly ranks: readonly number[]
  readonly ready: Age | undefined
  readonly restarts: number
  readonly created: Age
}

/** Ages are compared by their order of magnitude, so that the choice among old pods is not always the same one. */
interface Age {
  readonly sinceMs: number
  readonly magnitude: number
}

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

function factsOf(pod: Pod, onSameNode: number, nowMs: number): Facts {
  const ready = isReady(pod)
  return {
    pod,
    ranks: [
      pod.spec.nodeName ? 1 : 0,
      phases[pod.status.phase ?? 'Pending'] ?? 2,
      ready ? 1 : 0,
      deletionCost(pod),
      -onSameNode,
    ],
    ready: ready ? ageOf(conditionOf(pod, 'Ready')?.lastTransitionTime, nowMs) : undefined,
    restarts: Math.max(0, ...(pod.status.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0)),
    created: ageOf(pod.metadata.creationTimestamp, nowMs),
  }
}

function ageOf(time: string | undefined, nowMs: number): Age {
  const sinceMs = time ? Date.parse(time) : 0
  const ageMs = nowMs - sinceMs
  return { sinceMs, magnitude: ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1 }
}

function compare(a: Facts, b: Facts): number {
  for (const [i, rank] of a.ranks.entries()) {
    const difference = rank - b.ranks[i]!
    if (difference !== 0) return difference
  }
  if (a.ready && b.ready && a.ready.sinceMs !== b.ready.sinceMs) return younger(a, b, a.ready, b.ready)
  if (a.restarts !== b.restarts) return b.restarts - a.restarts
  if (a.created.sinceMs !== b.created.sinceMs) return younger(a, b, a.created, b.created)
  return compareText(a.pod.metadata.name ?? '', b.pod.metadata.name ?? '')
}

const younger = (a: Facts, b: Facts, ageA: Age, ageB: Age): number =>
  ageA.magnitude - ageB.magnitude || compareText(a.pod.metadata.uid ?? '', b.pod.metadata.uid ?? '')

/** What the owner of the pods says; an unreadable value counts as none. */
function deletionCost({ metadata }: Pod): number {
  const text = metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? ''
  return /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : 0
}
