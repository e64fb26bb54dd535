// The cluster as the scheduler sees it: nodes with what is asked of them, kept up to date pod by pod, never
// rebuilt. A pod that has been given a node is counted at once (assumed), before the API has heard of it.

import type { Node } from '#api/core/node.ts'
import type { Taint } from '#api/core/taint.ts'
import { milliValue, quantityValue } from '#api/quantity.ts'
import { AffinityTerms, type NamespacesBySelector } from './affinity-terms.ts'
import { PodCounts } from './pod-counts.ts'
import type { PodInfo } from './pod-info.ts'

export class NodeInfo {
  readonly name: string
  node: Node
  readonly pods = new Map<string, PodInfo>()
  milliCpu = 0
  memory = 0
  ephemeralStorage = 0
  scoredMilliCpu = 0
  scoredMemory = 0
  readonly others = new Map<string, number>()
  allocatableMilliCpu = 0
  allocatableMemory = 0
  allocatableEphemeralStorage = 0
  allocatablePods = 0
  readonly allocatableOthers = new Map<string, number>()
  /** Taints that keep pods away, and those that only make a node less wanted. */
  taints: readonly Taint[] = []
  preferNoSchedule: readonly Taint[] = []
  images = new Map<string, number>()

  constructor(node: Node) {
    this.name = node.metadata.name ?? ''
    this.node = node
    this.setNode(node)
  }

  setNode(node: Node): void {
    this.node = node
    const { allocatable = {}, images = [] } = node.status
    this.allocatableMilliCpu = milliValue(allocatable.cpu)
    this.allocatableMemory = quantityValue(allocatable.memory)
    this.allocatableEphemeralStorage = quantityValue(allocatable['ephemeral-storage'])
    this.allocatablePods = quantityValue(allocatable.pods)
    this.allocatableOthers.clear()
    for (const name in allocatable) {
      if (!['cpu', 'memory', 'ephemeral-storage', 'pods'].includes(name)) {
        this.allocatableOthers.set(name, milliValue(allocatable[name]))
      }
    }
    const taints = node.spec.taints ?? []
    this.taints = taints.filter((taint) => taint.effect !== 'PreferNoSchedule')
    this.preferNoSchedule = taints.filter((taint) => taint.effect === 'PreferNoSchedule')
    this.images = new Map(images.flatMap(({ names = [], sizeBytes = 0 }) => names.map((name) => [name, sizeBytes])))
  }

  add(pod: PodInfo): void {
    this.pods.set(pod.uid, pod)
    this.#count(pod, 1)
  }

  remove(pod: PodInfo): void {
    if (this.pods.delete(pod.uid)) this.#count(pod, -1)
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    this.milliCpu += sign * pod.milliCpu
    this.memory += sign * pod.memory
    this.ephemeralStorage += sign * pod.ephemeralStorage
    this.scoredMilliCpu += sign * pod.scoredMilliCpu
    this.scoredMemory += sign * pod.scoredMemory
    for (const [name, milli] of pod.others ?? []) this.others.set(name, (this.others.get(name) ?? 0) + sign * milli)
  }
}

export class Snapshot {
  readonly #byName = new Map<string, NodeInfo>()
  /** Where each counted pod is. */
  readonly #placed = new Map<string, { readonly pod: PodInfo; readonly nodeName: string }>()
  /** Pods on nodes that are not known (yet, or any more). */
  readonly #homeless = new Map<string, PodInfo>()
  #nodes: readonly NodeInfo[] | undefined
  readonly counts: PodCounts
  readonly terms: AffinityTerms

  constructor(namespaces: NamespacesBySelector = () => new Set()) {
    this.counts = new PodCounts(this)
    this.terms = new AffinityTerms(namespaces)
  }

  get nodes(): readonly NodeInfo[] {
    this.#nodes ??= [...this.#byName.values()]
    return this.#nodes
  }

  get size(): number {
    return this.#byName.size
  }

  node(name: string): NodeInfo | undefined {
    return this.#byName.get(name)
  }

  setNode(node: Node): void {
    const name = node.metadata.name ?? ''
    const known = this.#byName.get(name)
    if (known) {
      known.setNode(node)
      return
    }
    const info = new NodeInfo(node)
    this.#byName.set(name, info)
    this.#nodes = undefined
    for (const [uid, pod] of this.#homeless) {
      if (this.#placed.get(uid)?.nodeName === name) this.#settle(info, pod)
    }
  }

  removeNode(name: string): void {
    const info = this.#byName.get(name)
    if (!info) return
    for (const pod of info.pods.values()) this.#homeless.set(pod.uid, pod)
    this.counts.nodeRemoved(info)
    this.terms.nodeRemoved(info)
    this.#byName.delete(name)
    this.#nodes = undefined
  }

  /** Counts the pod on this node, and no longer where it was counted before. */
  place(pod: PodInfo, nodeName: string): void {
    this.unplace(pod.uid)
    this.#placed.set(pod.uid, { pod, nodeName })
    const info = this.#byName.get(nodeName)
    if (info) this.#settle(info, pod)
    else this.#homeless.set(pod.uid, pod)
  }

  unplace(uid: string): void {
    const at = this.#placed.get(uid)
    if (!at) return
    this.#placed.delete(uid)
    this.#homeless.delete(uid)
    const info = this.#byName.get(at.nodeName)
    if (!info?.pods.has(uid)) return
    info.remove(at.pod)
    this.counts.podRemoved(info, at.pod)
    this.terms.podRemoved(info, at.pod)
  }

  placedOn(uid: string): string | undefined {
    return this.#placed.get(uid)?.nodeName
  }

  #settle(info: NodeInfo, pod: PodInfo): void {
    this.#homeless.delete(pod.uid)
    info.add(pod)
    this.counts.podAdded(info, pod)
    this.terms.podAdded(info, pod)
  }
}
