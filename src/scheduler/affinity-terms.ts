// The (anti-)affinity terms of the pods that are placed, counted by node: pods of one workload carry the same
// terms, so a new pod is held against each different term once, not against each pod.

import type { PodAffinityTerm } from '#api/core/affinity.ts'
import { type Selector, selectorOf } from '#api/labels.ts'
import type { PodInfo } from './pod-info.ts'
import type { NodeInfo } from './snapshot.ts'

export interface Term {
  readonly topologyKey: string
  readonly selector: Selector
  /** The namespaces meant; undefined: all. */
  readonly namespaces: ReadonlySet<string> | undefined
  readonly weight: number
}

export type TermKind = 'required-affinity' | 'required-anti-affinity' | 'preferred-affinity' | 'preferred-anti-affinity'

export interface PlacedTerm {
  readonly term: Term
  /** How many pods with this term are on each node. */
  readonly byNode: Map<string, number>
}

/** Names of namespaces by a label selector over them; none known selects none. */
export type NamespacesBySelector = (selector: Selector) => ReadonlySet<string>

function namespacesOf(
  term: PodAffinityTerm,
  own: string,
  select: NamespacesBySelector,
): ReadonlySet<string> | undefined {
  const { namespaces = [], namespaceSelector } = term
  if (!namespaceSelector) return new Set(namespaces.length > 0 ? namespaces : [own])
  const selector = selectorOf(namespaceSelector)
  if (selector.matchesEverything) return undefined
  return new Set([...namespaces, ...select(selector)])
}

function selectorWithKeys(term: PodAffinityTerm, labels: Readonly<Record<string, string>>): Selector {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  const require = (keys: readonly string[], operator: 'In' | 'NotIn') =>
    keys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator, values: [labels[key]!] }))
  const more = [...require(matchLabelKeys, 'In'), ...require(mismatchLabelKeys, 'NotIn')]
  if (more.length === 0) return selectorOf(labelSelector)
  return selectorOf({ ...labelSelector, matchExpressions: [...(labelSelector?.matchExpressions ?? []), ...more] })
}

/** A pod's own terms of one kind. */
export function termsOf({ pod }: PodInfo, kind: TermKind, select: NamespacesBySelector): Term[] {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  const side = kind.endsWith('anti-affinity') ? podAntiAffinity : podAffinity
  if (!side) return []
  const read = (term: PodAffinityTerm, weight: number): Term => ({
    topologyKey: term.topologyKey,
    selector: selectorWithKeys(term, pod.metadata.labels ?? {}),
    namespaces: namespacesOf(term, pod.metadata.namespace ?? '', select),
    weight,
  })
  if (kind.startsWith('required')) {
    return (side.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => read(term, 1))
  }
  return (side.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((t) => read(t.podAffinityTerm, t.weight))
}

export const termSelects = ({ namespaces, selector }: Term, { pod }: PodInfo): boolean =>
  (namespaces?.has(pod.metadata.namespace ?? '') ?? true) && selector.matches(pod.metadata.labels)

const kinds: readonly TermKind[] = [
  'required-affinity',
  'required-anti-affinity',
  'preferred-affinity',
  'preferred-anti-affinity',
]

const nameOf = ({ topologyKey, selector, namespaces, weight }: Term): string =>
  `${topologyKey} ${weight} ${namespaces ? [...namespaces].sort().join(',') : '*'} ${selector}`

export class AffinityTerms {
  readonly #byKind = new Map<TermKind, Map<string, PlacedTerm>>(kinds.map((kind) => [kind, new Map()]))
  readonly select: NamespacesBySelector

  constructor(select: NamespacesBySelector) {
    this.select = select
  }

  placed(kind: TermKind): Iterable<PlacedTerm> {
    return this.#byKind.get(kind)!.values()
  }

  podAdded(node: NodeInfo, pod: PodInfo): void {
    this.#count(node, pod, 1)
  }

  podRemoved(node: NodeInfo, pod: PodInfo): void {
    this.#count(node, pod, -1)
  }

  nodeRemoved(node: NodeInfo): void {
    for (const pod of node.pods.values()) this.#count(node, pod, -1)
  }

  #count(node: NodeInfo, pod: PodInfo, by: 1 | -1): void {
    if (!pod.pod.spec.affinity?.podAffinity && !pod.pod.spec.affinity?.podAntiAffinity) return
    for (const kind of kinds) {
      const terms = this.#byKind.get(kind)!
      for (const term of termsOf(pod, kind, this.select)) {
        const name = nameOf(term)
        const placed = terms.get(name) ?? { term, byNode: new Map<string, number>() }
        const count = (placed.byNode.get(node.name) ?? 0) + by
        if (count > 0) placed.byNode.set(node.name, count)
        else placed.byNode.delete(node.name)
        if (placed.byNode.size > 0) terms.set(name, placed)
        else terms.delete(name)
      }
    }
  }
}
