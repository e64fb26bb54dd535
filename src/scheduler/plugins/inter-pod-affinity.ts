// Pods that want to be with others, or away from them: what this pod asks for, and what the pods already placed
// ask about it.
import { type Term, termSelects, termsOf } from '../affinity-terms.ts'
import { type Plugin, refuse, refuseForGood } from '../framework.ts'
import type { PodInfo } from '../pod-info.ts'
import type { NodeInfo, Snapshot } from '../snapshot.ts'

/** Domains (values of a topology key) with how many pods of interest each has. */
interface Domains {
  readonly topologyKey: string
  readonly byDomain: Map<string, number>
}

interface State {
  readonly wanted: readonly Domains[]
  /** Nothing anywhere matches, but the pod matches itself: the first of a group may go anywhere. */
  readonly isFirst: boolean
  readonly avoided: readonly Domains[]
  /** Domains from which placed pods keep this one away. */
  readonly closed: readonly Domains[]
}

const domainOf = (node: NodeInfo, key: string): string | undefined => node.node.metadata.labels?.[key]

function domains(topologyKey: string, byNode: ReadonlyMap<string, number>, snapshot: Snapshot): Domains {
  const byDomain = new Map<string, number>()
  for (const [name, count] of byNode) {
    const node = snapshot.node(name)
    const domain = node && domainOf(node, topologyKey)
    if (domain !== undefined) byDomain.set(domain, (byDomain.get(domain) ?? 0) + count)
  }
  return { topologyKey, byDomain }
}

const domainsOf = (term: Term, snapshot: Snapshot): Domains =>
  domains(term.topologyKey, snapshot.counts.byNode(term), snapshot)

const has = ({ topologyKey, byDomain }: Domains, node: NodeInfo): boolean => {
  const domain = domainOf(node, topologyKey)
  return domain !== undefined && byDomain.has(domain)
}

interface Weighed extends Domains {
  readonly weight: number
}

/** Required affinity of placed pods counts as a soft wish of theirs, with this weight (upstream's default). */
const hardPodAffinityWeight = 1

function weighed(pod: PodInfo, snapshot: Snapshot): Weighed[] {
  const { terms } = snapshot
  const own = (kind: 'preferred-affinity' | 'preferred-anti-affinity', sign: 1 | -1) =>
    termsOf(pod, kind, terms.select).map((term) => ({ ...domainsOf(term, snapshot), weight: sign * term.weight }))
  const theirs = (kind: 'required-affinity' | 'preferred-affinity' | 'preferred-anti-affinity', sign: 1 | -1) =>
    [...terms.placed(kind)]
      .filter(({ term }) => termSelects(term, pod))
      .map(({ term, byNode }) => ({
        ...domains(term.topologyKey, byNode, snapshot),
        weight: sign * (kind === 'required-affinity' ? hardPodAffinityWeight : term.weight),
      }))
  return [
    ...own('preferred-affinity', 1),
    ...own('preferred-anti-affinity', -1),
    ...theirs('required-affinity', 1),
    ...theirs('preferred-affinity', 1),
    ...theirs('preferred-anti-affinity', -1),
  ].filter(({ byDomain }) => byDomain.size > 0)
}

interface ScoreState {
  readonly terms: readonly Weighed[]
  readonly min: number
  readonly max: number
}

const sum = (terms: readonly Weighed[], node: NodeInfo): number => {
  let total = 0
  for (const { topologyKey, byDomain, weight } of terms)
    total += weight * (byDomain.get(domainOf(node, topologyKey) ?? '') ?? 0)
  return total
}

export const interPodAffinity: Plugin = {
  name: 'InterPodAffinity',
  wakes: ['node-added', 'node-labels', 'pod-added', 'pod-removed', 'pod-labels'],
  prepare: (pod, snapshot) => {
    const { terms } = snapshot
    const closed = [...terms.placed('required-anti-affinity')]
      .filter(({ term }) => termSelects(term, pod))
      .map(({ term, byNode }) => domains(term.topologyKey, byNode, snapshot))
    const required = termsOf(pod, 'required-affinity', terms.select)
    const avoided = termsOf(pod, 'required-anti-affinity', terms.select).map((term) => domainsOf(term, snapshot))
    if (closed.length + required.length + avoided.length === 0) return { skip: true }
    const wanted = required.map((term) => domainsOf(term, snapshot))
    const isFirst = wanted.every((d) => d.byDomain.size === 0) && required.every((term) => termSelects(term, pod))
    const state: State = { wanted, isFirst, avoided, closed }
    return { state }
  },
  filter: (_pod, node, { wanted, isFirst, avoided, closed }: State) => {
    for (const domain of wanted) {
      const isThere = isFirst ? domainOf(node, domain.topologyKey) !== undefined : has(domain, node)
      if (!isThere) return refuseForGood("node(s) didn't match pod affinity rules")
    }
    if (avoided.some((domain) => has(domain, node))) return refuse("node(s) didn't match pod anti-affinity rules")
    if (closed.some((domain) => has(domain, node))) {
      return refuse("node(s) didn't satisfy existing pods anti-affinity rules")
    }
    return undefined
  },
  score: {
    weight: 2,
    prepare: (pod, snapshot, fitting): ScoreState | undefined => {
      const terms = weighed(pod, snapshot)
      if (terms.length === 0) return undefined
      const sums = fitting.map((node) => sum(terms, node))
      return { terms, min: Math.min(...sums), max: Math.max(...sums) }
    },
    of: (_pod, node, { terms, min, max }: ScoreState) =>
      max === min ? 0 : Math.floor((100 * (sum(terms, node) - min)) / (max - min)),
  },
}
