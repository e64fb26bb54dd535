// Pods that want to be with others, or away from them: what this pod asks for, and what the pods already placed
// ask about it.
import type { PlacedTerm } from '../affinity-terms.ts'
import { maxScore, type Plugin, type Refusal, refuse, refuseForGood } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodInfo } from '../pod-info.ts'
import type { Snapshot } from '../snapshot.ts'
import { means, type TermKind } from '../terms.ts'

/** The domains (values of a topology key) in which pods of interest are, with their number. */
interface Domains {
  readonly topologyKey: string
  readonly byDomain: ReadonlyMap<string, number>
}

/** Domains that this pod avoids, and domains from which placed pods keep it away. */
interface Forbidden {
  readonly topologyKey: string
  readonly avoided: ReadonlyMap<string, number>[]
  readonly closed: ReadonlyMap<string, number>[]
}

interface State {
  readonly wanted: readonly Domains[]
  /** Nothing anywhere matches, but the pod matches itself: the first of a group may go anywhere. */
  readonly isFirst: boolean
  /** One for each topology key, so that its label is looked up once. */
  readonly forbidden: readonly Forbidden[]
}

const notNear = refuseForGood("node(s) didn't match pod affinity rules")
const tooNear = refuse("node(s) didn't match pod anti-affinity rules")
const keptAway = refuse("node(s) didn't satisfy existing pods anti-affinity rules")

/** The terms of placed pods that mean this pod. */
function theirTerms({ namespace, labels }: PodInfo, snapshot: Snapshot, kind: TermKind): PlacedTerm[] {
  const found: PlacedTerm[] = []
  for (const placed of snapshot.terms.placed(kind).values())
    if (means(placed.term, namespace, labels, snapshot.labelsOf)) found.push(placed)
  return found
}

function isIn(domains: readonly ReadonlyMap<string, number>[], domain: string): boolean {
  for (const byDomain of domains) if (byDomain.has(domain)) return true
  return false
}

/** Whether all that the pod wants to be near is there; a node without one of the labels is in no domain. */
function isNear({ wanted, isFirst }: State, node: NodeInfo): boolean {
  for (const { topologyKey, byDomain } of wanted) {
    const domain = node.label(topologyKey)
    if (domain === undefined || !(isFirst || byDomain.has(domain))) return false
  }
  return true
}

/** What this pod asks for itself is named before what others ask of it. */
function whyTooNear({ forbidden }: State, node: NodeInfo): Refusal | undefined {
  let refusal: Refusal | undefined
  for (const { topologyKey, avoided, closed } of forbidden) {
    const domain = node.label(topologyKey)
    if (domain === undefined) continue
    if (isIn(avoided, domain)) return tooNear
    if (isIn(closed, domain)) refusal = keptAway
  }
  return refusal
}

function forbiddenDomains(pod: PodInfo, snapshot: Snapshot): readonly Forbidden[] {
  const byKey = new Map<string, Forbidden>()
  const of = (topologyKey: string): Forbidden => {
    const known = byKey.get(topologyKey) ?? { topologyKey, avoided: [], closed: [] }
    byKey.set(topologyKey, known)
    return known
  }
  for (const { term, counts } of theirTerms(pod, snapshot, 'requiredAntiAffinity'))
    of(term.topologyKey).closed.push(counts.byDomain(term.topologyKey))
  for (const term of pod.terms.requiredAntiAffinity)
    of(term.topologyKey).avoided.push(snapshot.counts.meantBy([term]).byDomain(term.topologyKey))
  return [...byKey.values()]
}

interface Weighed {
  readonly byDomain: ReadonlyMap<string, number>
  readonly weight: number
}

/** Required affinity of placed pods counts as a soft wish of theirs, with this weight (upstream's default). */
const hardPodAffinityWeight = 1

/** By topology key: the wishes, this pod's own and those of placed pods about it. */
function wishes(pod: PodInfo, snapshot: Snapshot): Map<string, Weighed[]> {
  const found = new Map<string, Weighed[]>()
  const add = (topologyKey: string, byDomain: ReadonlyMap<string, number>, weight: number) => {
    if (byDomain.size === 0) return
    const known = found.get(topologyKey)
    if (known) known.push({ byDomain, weight })
    else found.set(topologyKey, [{ byDomain, weight }])
  }
  const own = (kind: 'preferredAffinity' | 'preferredAntiAffinity', sign: 1 | -1) => {
    for (const term of pod.terms[kind])
      add(term.topologyKey, snapshot.counts.meantBy([term]).byDomain(term.topologyKey), sign * term.weight)
  }
  const theirs = (kind: TermKind, sign: 1 | -1) => {
    for (const { term, counts } of theirTerms(pod, snapshot, kind)) {
      const weight = kind === 'requiredAffinity' ? hardPodAffinityWeight : term.weight
      add(term.topologyKey, counts.byDomain(term.topologyKey), sign * weight)
    }
  }
  own('preferredAffinity', 1)
  own('preferredAntiAffinity', -1)
  theirs('requiredAffinity', 1)
  theirs('preferredAffinity', 1)
  theirs('preferredAntiAffinity', -1)
  return found
}

export const interPodAffinity: Plugin = {
  name: 'InterPodAffinity',
  wakes: ['node-added', 'node-labels', 'pod-added', 'pod-removed', 'pod-labels'],
  prepare: (pod, snapshot) => {
    const forbidden = forbiddenDomains(pod, snapshot)
    const { requiredAffinity } = pod.terms
    if (forbidden.length + requiredAffinity.length === 0) return { skip: true }
    // Only pods that every term means make a place wanted; each term alone makes one avoided.
    const wanted = requiredAffinity.map(({ topologyKey }) => ({
      topologyKey,
      byDomain: snapshot.counts.meantBy(requiredAffinity).byDomain(topologyKey),
    }))
    const isFirst =
      wanted.every(({ byDomain }) => byDomain.size === 0) &&
      requiredAffinity.every((term) => means(term, pod.namespace, pod.labels, snapshot.labelsOf))
    const state: State = { wanted, isFirst, forbidden }
    return { state }
  },
  filter: (_pod, node, state: State) => (isNear(state, node) ? whyTooNear(state, node) : notNear),
  score: {
    weight: 2,
    prepare: (pod, snapshot): ReadonlyMap<string, readonly Weighed[]> | undefined => {
      const found = wishes(pod, snapshot)
      return found.size === 0 ? undefined : found
    },
    of: (_pod, node, found: ReadonlyMap<string, readonly Weighed[]>) => {
      let total = 0
      for (const [topologyKey, weighed] of found) {
        const domain = node.label(topologyKey)
        if (domain === undefined) continue
        for (const { byDomain, weight } of weighed) total += weight * (byDomain.get(domain) ?? 0)
      }
      return total
    },
    normalize: (scores) => {
      let min = Number.POSITIVE_INFINITY
      let max = Number.NEGATIVE_INFINITY
      for (const score of scores) {
        if (score < min) min = score
        if (score > max) max = score
      }
      for (let i = 0; i < scores.length; i++)
        scores[i] = max === min ? 0 : Math.floor(maxScore * ((scores[i]! - min) / (max - min)))
    },
  },
}
