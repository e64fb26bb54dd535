// The (anti-)affinity terms of the pods that are placed, counted by node: pods of one workload carry the same
// terms, so a new pod is held against each different term once, not against each pod.

import type { Labels } from '#api/labels.ts'
import { DomainCounts } from './domain-counts.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import { noTerms, type Term, type TermKind, termKinds } from './terms.ts'

export interface PlacedTerm {
  readonly term: Term
  /** How many pods with this term are where. */
  readonly counts: DomainCounts
}

const terms = (): Map<string, PlacedTerm> => new Map()

export class AffinityTerms {
  readonly #placed: Readonly<Record<TermKind, Map<string, PlacedTerm>>> = {
    requiredAffinity: terms(),
    requiredAntiAffinity: terms(),
    preferredAffinity: terms(),
    preferredAntiAffinity: terms(),
  }

  placed(kind: TermKind): ReadonlyMap<string, PlacedTerm> {
    return this.#placed[kind]
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

  nodeRelabelled(node: NodeInfo, old: Labels | undefined): void {
    for (const kind of termKinds) for (const { counts } of this.#placed[kind].values()) counts.relabel(node, old)
  }

  #count(node: NodeInfo, pod: PodInfo, by: 1 | -1): void {
    if (pod.terms === noTerms) return
    for (const kind of termKinds) {
      const placed = this.#placed[kind]
      for (const term of pod.terms[kind]) {
        let entry = placed.get(term.name)
        if (!entry) {
          entry = { term, counts: new DomainCounts() }
          placed.set(term.name, entry)
        }
        entry.counts.change(node, by)
        if (entry.counts.byNode.size === 0) placed.delete(term.name)
      }
    }
  }
}
