// How many pods that somebody asks about are where: counted once when first asked for, and from then on changed by
// one per pod that comes or goes, instead of looking at all pods for each that is placed.

import type { Labels, Selector } from '#api/labels.ts'
import { Lru } from '#lib/lru.ts'
import { DomainCounts } from './domain-counts.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import { type LabelsOfNamespace, means, selectorText, type Term } from './terms.ts'

interface Question {
  readonly asks: (pod: PodInfo) => boolean
  readonly counts: DomainCounts
}

/** So many different questions are kept; one that has not been asked for long is counted again when it is. */
const keptQuestions = 512
const keptOwners = 8192

export class PodCounts {
  readonly #nodes: () => Iterable<NodeInfo>
  readonly #labelsOf: LabelsOfNamespace
  readonly #questions = new Lru<string, Question>({ maxEntries: keptQuestions })
  readonly #owners = new Lru<string, DomainCounts>({ maxEntries: keptOwners })

  constructor(nodes: () => Iterable<NodeInfo>, labelsOf: LabelsOfNamespace) {
    this.#nodes = nodes
    this.#labelsOf = labelsOf
  }

  /** Pods of a namespace by their labels; those that are being deleted do not count (upstream: #87621). */
  selected(namespace: string, selector: Selector): DomainCounts {
    const asks = (pod: PodInfo) => !pod.isTerminating && pod.namespace === namespace && selector.matches(pod.labels)
    return this.#ask(`spread ${namespace} ${selectorText(selector)}`, asks)
  }

  /** Pods that all of these terms mean. */
  meantBy(terms: readonly Term[]): DomainCounts {
    const labelsOf = this.#labelsOf
    const asks = (pod: PodInfo) => terms.every((term) => means(term, pod.namespace, pod.labels, labelsOf))
    return this.#ask(`affinity ${terms.map(({ name }) => name).join('; ')}`, asks)
  }

  /** Pods that one object controls, without those that are being deleted. */
  ownedBy(uid: string): DomainCounts {
    const known = this.#owners.get(uid)
    if (known) return known
    const counts = this.#count((pod) => isCountedFor(pod, uid))
    this.#owners.set(uid, counts)
    return counts
  }

  podAdded(node: NodeInfo, pod: PodInfo): void {
    this.#change(node, pod, 1)
  }

  podRemoved(node: NodeInfo, pod: PodInfo): void {
    this.#change(node, pod, -1)
  }

  nodeRemoved(node: NodeInfo): void {
    for (const counts of this.#all()) counts.removeNode(node)
  }

  nodeRelabelled(node: NodeInfo, old: Labels | undefined): void {
    for (const counts of this.#all()) counts.relabel(node, old)
  }

  /** The labels of some namespace have changed: what was counted by them is counted anew. */
  namespaceChanged(): void {
    this.#questions.clear()
  }

  *#all(): Iterable<DomainCounts> {
    for (const { counts } of this.#questions.values()) yield counts
    yield* this.#owners.values()
  }

  #ask(name: string, asks: (pod: PodInfo) => boolean): DomainCounts {
    const known = this.#questions.get(name)
    if (known) return known.counts
    const question = { asks, counts: this.#count(asks) }
    this.#questions.set(name, question)
    return question.counts
  }

  #count(asks: (pod: PodInfo) => boolean): DomainCounts {
    const counts = new DomainCounts()
    for (const node of this.#nodes()) {
      let found = 0
      for (const pod of node.pods.values()) if (asks(pod)) found++
      if (found > 0) counts.change(node, found)
    }
    return counts
  }

  #change(node: NodeInfo, pod: PodInfo, by: 1 | -1): void {
    for (const { asks, counts } of this.#questions.values()) if (asks(pod)) counts.change(node, by)
    const { ownerUid } = pod
    if (ownerUid === undefined || !isCountedFor(pod, ownerUid)) return
    this.#owners.get(ownerUid)?.change(node, by)
  }
}

const isCountedFor = (pod: PodInfo, ownerUid: string): boolean => pod.ownerUid === ownerUid && !pod.isTerminating
