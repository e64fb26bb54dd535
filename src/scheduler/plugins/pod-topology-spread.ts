// Spreads pods that match a selector evenly over zones, nodes or whatever a label names. DoNotSchedule constraints
// decide; ScheduleAnyway ones weigh, and pods without any are spread over nodes and zones all the same, by what
// selects them (upstream's system defaults).
import type { TopologySpreadConstraint } from '#api/core/affinity.ts'
import { nodeMatches } from '#api/core/node-affinity.ts'
import { untolerated } from '#api/core/tolerations.ts'
import { type Selector, selectorOf } from '#api/labels.ts'
import { type Plugin, refuse, refuseForGood } from '../framework.ts'
import type { PodInfo } from '../pod-info.ts'
import type { NodeInfo, Snapshot } from '../snapshot.ts'

interface Constraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly selector: Selector
  /** Whether this pod itself is one that is counted. */
  readonly countsSelf: boolean
  readonly byDomain: Map<string, number>
  readonly least: number
}

const domainOf = (node: NodeInfo, key: string): string | undefined => node.node.metadata.labels?.[key]

/** Pods of one revision are spread by themselves: their values of these labels join the selector. */
function selectorFor({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, { pod }: PodInfo): Selector {
  const labels = pod.metadata.labels ?? {}
  const own = matchLabelKeys.filter((key) => labels[key] !== undefined).map((key) => [key, labels[key]!] as const)
  if (own.length === 0) return selectorOf(labelSelector)
  return selectorOf({ ...labelSelector, matchLabels: { ...labelSelector?.matchLabels, ...Object.fromEntries(own) } })
}

function takesPart(
  constraint: TopologySpreadConstraint,
  pod: PodInfo,
  node: NodeInfo,
  keys: readonly string[],
): boolean {
  if (keys.some((key) => domainOf(node, key) === undefined)) return false
  if ((constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor' && !nodeMatches(pod.pod.spec, node.node)) return false
  return constraint.nodeTaintsPolicy !== 'Honor' || !untolerated(node.taints, pod.pod.spec.tolerations ?? [])
}

function count(
  constraint: TopologySpreadConstraint,
  pod: PodInfo,
  snapshot: Snapshot,
  keys: readonly string[],
): Constraint {
  const selector = selectorFor(constraint, pod)
  const namespaces = new Set([pod.pod.metadata.namespace ?? ''])
  const byNode = snapshot.counts.byNode({ namespaces, selector })
  const byDomain = new Map<string, number>()
  for (const node of snapshot.nodes) {
    if (!takesPart(constraint, pod, node, keys)) continue
    const domain = domainOf(node, constraint.topologyKey)!
    byDomain.set(domain, (byDomain.get(domain) ?? 0) + (byNode.get(node.name) ?? 0))
  }
  const minDomains = constraint.minDomains ?? 1
  // With fewer domains than wanted, an empty one is imagined.
  const least = byDomain.size < minDomains ? 0 : Math.min(...byDomain.values())
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains,
    selector,
    countsSelf: selector.matches(pod.pod.metadata.labels),
    byDomain,
    least,
  }
}

const constraintsOf = (pod: PodInfo, when: TopologySpreadConstraint['whenUnsatisfiable']): TopologySpreadConstraint[] =>
  (pod.pod.spec.topologySpreadConstraints ?? []).filter((constraint) => constraint.whenUnsatisfiable === when)

/** Upstream's system defaults: over nodes and zones, softly. */
const systemDefaults = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
]

function softConstraints(pod: PodInfo): TopologySpreadConstraint[] {
  if (pod.pod.spec.topologySpreadConstraints?.length) return constraintsOf(pod, 'ScheduleAnyway')
  const labels = pod.pod.metadata.labels
  const isOwned = pod.pod.metadata.ownerReferences?.some((owner) => owner.controller)
  // What selects the pod is not looked up: pods of one owner carry one set of labels, which says the same.
  if (!labels || !isOwned) return []
  return systemDefaults.map((constraint) => ({
    ...constraint,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  }))
}

interface Weighed {
  readonly constraint: Constraint
  /** Fewer domains weigh less: log(size + 2), as upstream. */
  readonly weight: number
}

export const podTopologySpread: Plugin = {
  name: 'PodTopologySpread',
  wakes: ['node-added', 'node-labels', 'node-taints', 'pod-removed', 'pod-added', 'pod-labels'],
  prepare: (pod, snapshot) => {
    const hard = constraintsOf(pod, 'DoNotSchedule')
    if (hard.length === 0) return { skip: true }
    const keys = hard.map((constraint) => constraint.topologyKey)
    return { state: hard.map((constraint) => count(constraint, pod, snapshot, keys)) }
  },
  filter: (_pod, node, constraints: readonly Constraint[]) => {
    for (const { topologyKey, maxSkew, countsSelf, byDomain, least } of constraints) {
      const domain = domainOf(node, topologyKey)
      if (domain === undefined) {
        return refuseForGood("node(s) didn't match pod topology spread constraints (missing required label)")
      }
      const skew = (byDomain.get(domain) ?? 0) + (countsSelf ? 1 : 0) - least
      if (skew > maxSkew) return refuse("node(s) didn't match pod topology spread constraints")
    }
    return undefined
  },
  score: {
    weight: 2,
    prepare: (pod, snapshot): readonly Weighed[] | undefined => {
      const soft = softConstraints(pod)
      if (soft.length === 0) return undefined
      const weighed = soft
        .map((constraint) => count(constraint, pod, snapshot, [constraint.topologyKey]))
        .filter((constraint) => constraint.byDomain.size > 1)
        .map((constraint) => ({ constraint, weight: Math.log(constraint.byDomain.size + 2) }))
      return weighed.length > 0 ? weighed : undefined
    },
    of: (_pod, node, weighed: readonly Weighed[]) => {
      let cost = 0
      for (const { constraint, weight } of weighed) {
        const domain = domainOf(node, constraint.topologyKey)
        if (domain === undefined) continue
        cost += (constraint.byDomain.get(domain) ?? 0) * weight + (constraint.maxSkew - 1)
      }
      return Math.round(cost)
    },
    normalize: 'less',
  },
}
