// Spreads pods that match a selector evenly over zones, nodes or whatever a label names. DoNotSchedule constraints
// decide; ScheduleAnyway ones weigh, and pods of one controller without any are spread over nodes and zones all the
// same (upstream's system defaults).
import type { TopologySpreadConstraint } from '#api/core/affinity.ts'
import { nodeMatches } from '#api/core/node-affinity.ts'
import { untolerated } from '#api/core/tolerations.ts'
import type { DomainCounts } from '../domain-counts.ts'
import { maxScore, type Plugin, refuse, refuseForGood } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Snapshot } from '../snapshot.ts'
import { withOwnLabels } from '../terms.ts'

const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'

const noLabel = refuseForGood("node(s) didn't match pod topology spread constraints (missing required label)")
const tooMany = refuse("node(s) didn't match pod topology spread constraints")

/** What a constraint asks for, whether written in the pod or a default. */
interface Constraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly counts: DomainCounts
  /** Without policies every node with the label takes part. */
  readonly policies: TopologySpreadConstraint | undefined
}

const constraintsOf = (
  pod: PodInfo,
  when: TopologySpreadConstraint['whenUnsatisfiable'],
): readonly TopologySpreadConstraint[] =>
  pod.pod.spec.topologySpreadConstraints?.filter((constraint) => constraint.whenUnsatisfiable === when) ?? []

const selectorOf = ({ labelSelector, matchLabelKeys }: TopologySpreadConstraint, { labels }: PodInfo) =>
  withOwnLabels(labelSelector, labels, matchLabelKeys)

const honorsAffinity = ({ nodeAffinityPolicy }: TopologySpreadConstraint): boolean => nodeAffinityPolicy !== 'Ignore'
const honorsTaints = ({ nodeTaintsPolicy }: TopologySpreadConstraint): boolean => nodeTaintsPolicy === 'Honor'

/** Whether a node is counted for a constraint, by the pod's node affinity and tolerations. */
function takesPart(policies: TopologySpreadConstraint, { pod }: PodInfo, node: NodeInfo): boolean {
  if (honorsAffinity(policies) && !nodeMatches(pod.spec, node.node)) return false
  return !honorsTaints(policies) || !untolerated(node.taints, pod.spec.tolerations ?? [])
}

/** Whether every node that has the label takes part: then the sums that are kept are the answer. */
function allTakePart(constraint: Constraint, pod: PodInfo, snapshot: Snapshot, keys: readonly string[]): boolean {
  const { policies, topologyKey } = constraint
  const { nodeSelector, affinity } = pod.pod.spec
  const hasAffinity = nodeSelector ?? affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (policies && honorsAffinity(policies) && hasAffinity) return false
  if (policies && honorsTaints(policies) && snapshot.tainted > 0) return false
  return keys.every((key) => key === topologyKey || isOnAll(key, snapshot))
}

function isOnAll(topologyKey: string, snapshot: Snapshot): boolean {
  let nodes = 0
  for (const count of snapshot.domains(topologyKey).values()) nodes += count
  return nodes === snapshot.size
}

/** Matching pods per domain, over the nodes that take part and have all of `keys`; domains without any are there. */
function countPerDomain(
  constraint: Constraint,
  pod: PodInfo,
  snapshot: Snapshot,
  keys: readonly string[],
): ReadonlyMap<string, number> {
  const { topologyKey, policies, counts } = constraint
  const sums = new Map<string, number>()
  for (const node of snapshot.nodes) {
    if (keys.some((key) => node.label(key) === undefined)) continue
    if (policies && !takesPart(policies, pod, node)) continue
    const domain = node.label(topologyKey)
    if (domain !== undefined) sums.set(domain, (sums.get(domain) ?? 0) + (counts.byNode.get(node) ?? 0))
  }
  return sums
}

interface Hard {
  readonly topologyKey: string
  /** So many matching pods a domain may have before this one. */
  readonly most: number
  readonly byDomain: ReadonlyMap<string, number>
}

function hardConstraints(pod: PodInfo, snapshot: Snapshot): readonly Hard[] {
  const written = constraintsOf(pod, 'DoNotSchedule')
  const keys = written.map(({ topologyKey }) => topologyKey)
  return written.map((policies) => {
    const { topologyKey, maxSkew, minDomains = 1 } = policies
    const selector = selectorOf(policies, pod)
    const constraint = { topologyKey, maxSkew, policies, counts: snapshot.counts.selected(pod.namespace, selector) }
    const isSimple = allTakePart(constraint, pod, snapshot, keys)
    const byDomain = isSimple
      ? constraint.counts.byDomain(topologyKey)
      : countPerDomain(constraint, pod, snapshot, keys)
    const domains = isSimple ? snapshot.domains(topologyKey) : byDomain
    // With fewer domains than wanted, an empty one is imagined.
    const least = domains.size < minDomains ? 0 : leastOf(domains, byDomain)
    return { topologyKey, byDomain, most: maxSkew + least - (selector.matches(pod.labels) ? 1 : 0) }
  })
}

function leastOf(domains: ReadonlyMap<string, number>, byDomain: ReadonlyMap<string, number>): number {
  if (byDomain.size < domains.size) return 0
  let least = Number.POSITIVE_INFINITY
  for (const count of byDomain.values()) if (count < least) least = count
  return least
}

/** Upstream's system defaults: over nodes and zones, softly. */
const systemDefaults = [
  { topologyKey: hostname, maxSkew: 3 },
  { topologyKey: zone, maxSkew: 5 },
]

function softConstraints(pod: PodInfo, snapshot: Snapshot): readonly Constraint[] {
  const written = constraintsOf(pod, 'ScheduleAnyway')
  if (written.length > 0) {
    return written.map((policies) => ({
      topologyKey: policies.topologyKey,
      maxSkew: policies.maxSkew,
      policies,
      counts: snapshot.counts.selected(pod.namespace, selectorOf(policies, pod)),
    }))
  }
  if (pod.pod.spec.topologySpreadConstraints?.length || pod.ownerUid === undefined) return []
  // Upstream counts what the pod's controller and services select; pods of one controller are just these.
  const counts = snapshot.counts.ownedBy(pod.ownerUid)
  return systemDefaults.map((constraint) => ({ ...constraint, counts, policies: undefined }))
}

interface Soft {
  readonly topologyKey: string
  readonly maxSkew: number
  /** Fewer domains weigh less. */
  readonly weight: number
  readonly byNode: ReadonlyMap<NodeInfo, number>
  /** Undefined: each node is a domain of its own. */
  readonly byDomain: ReadonlyMap<string, number> | undefined
}

interface SoftState {
  readonly constraints: readonly Soft[]
  /** A node without one of these labels gets the lowest score. */
  readonly needed: readonly string[]
}

/** What `of` says of nodes that are left out. */
const leftOut = -1

function softState(pod: PodInfo, snapshot: Snapshot, fitting: readonly NodeInfo[]): SoftState | undefined {
  const constraints = softConstraints(pod, snapshot)
  if (constraints.length === 0) return undefined
  // The defaults are not for one who writes constraints: a cluster without zones is spread over nodes all the same.
  const needed = constraints[0]!.policies ? constraints.map(({ topologyKey }) => topologyKey) : []
  const counted = needed.length === 0 ? fitting : fitting.filter((node) => hasAll(node, needed))
  return {
    needed,
    constraints: constraints.map((constraint) => {
      const { topologyKey, maxSkew, counts } = constraint
      const isHost = topologyKey === hostname
      const domains = isHost ? counted.length : domainsAmong(counted, topologyKey, snapshot)
      const isSimple = isHost || allTakePart(constraint, pod, snapshot, needed)
      const sums = isSimple ? counts.byDomain(topologyKey) : countPerDomain(constraint, pod, snapshot, needed)
      const byDomain = isHost ? undefined : sums
      return { topologyKey, maxSkew, weight: Math.log(domains + 2), byNode: counts.byNode, byDomain }
    }),
  }
}

/** How many values of the key these nodes have, none being one too. */
function domainsAmong(nodes: readonly NodeInfo[], topologyKey: string, snapshot: Snapshot): number {
  const found = new Set<string | undefined>()
  const most = snapshot.domains(topologyKey).size + (isOnAll(topologyKey, snapshot) ? 0 : 1)
  for (const node of nodes) {
    found.add(node.label(topologyKey))
    if (found.size === most) break
  }
  return found.size
}

function hasAll(node: NodeInfo, keys: readonly string[]): boolean {
  for (const key of keys) if (node.label(key) === undefined) return false
  return true
}

function crowding(node: NodeInfo, { constraints, needed }: SoftState): number {
  if (!hasAll(node, needed)) return leftOut
  let sum = 0
  for (const { topologyKey, maxSkew, weight, byNode, byDomain } of constraints) {
    const domain = node.label(topologyKey)
    if (domain === undefined) continue
    const count = byDomain ? byDomain.get(domain) : byNode.get(node)
    sum += (count ?? 0) * weight + (maxSkew - 1)
  }
  return Math.round(sum)
}

/** The emptiest becomes 100, the others less by their share of the fullest; what is left out gets nothing. */
function emptiestIsBest(scores: Float64Array): void {
  let min = Number.POSITIVE_INFINITY
  let max = 0
  for (const score of scores) {
    if (score === leftOut) continue
    if (score < min) min = score
    if (score > max) max = score
  }
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!
    if (score === leftOut) scores[i] = 0
    else scores[i] = max === 0 ? maxScore : Math.floor((maxScore * (max + min - score)) / max)
  }
}

export const podTopologySpread: Plugin = {
  name: 'PodTopologySpread',
  wakes: ['node-added', 'node-labels', 'node-taints', 'pod-removed', 'pod-added', 'pod-labels'],
  prepare: (pod, snapshot) => {
    if (!pod.pod.spec.topologySpreadConstraints?.length) return { skip: true }
    const hard = hardConstraints(pod, snapshot)
    return hard.length === 0 ? { skip: true } : { state: hard }
  },
  filter: (_pod, node, constraints: readonly Hard[]) => {
    for (const { topologyKey, most, byDomain } of constraints) {
      const domain = node.label(topologyKey)
      if (domain === undefined) return noLabel
      if ((byDomain.get(domain) ?? 0) > most) return tooMany
    }
    return undefined
  },
  score: {
    weight: 2,
    prepare: softState,
    of: (_pod, node, state: SoftState) => crowding(node, state),
    normalize: emptiestIsBest,
  },
}
