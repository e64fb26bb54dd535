// The cluster as the scheduler sees it: nodes with what is asked of them, kept up to date pod by pod, never
// rebuilt. A pod that has been given a node is counted at once (assumed), before the API has heard of it.
//
// Guarantees: what it shows depends on what is there, not on the way there.

import type { Node } from '#api/core/node.ts'
import { AffinityTerms } from './affinity-terms.ts'
import { NodeInfo } from './node-info.ts'
import { PodCounts } from './pod-counts.ts'
import type { PodInfo } from './pod-info.ts'
import type { LabelsOfNamespace } from './terms.ts'

const zoneKeys = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'] as const

export class Snapshot {
  readonly #byName = new Map<string, NodeInfo>()
  /** Where each counted pod is. */
  readonly #placed = new Map<string, { readonly pod: PodInfo; readonly nodeName: string }>()
  /** By node name: pods on nodes that are not known (yet, or any more). */
  readonly #homeless = new Map<string, Map<string, PodInfo>>()
  #nodes: readonly NodeInfo[] | undefined
  readonly #domains = new Map<string, ReadonlyMap<string, number>>()
  readonly #nodesWithImage = new Map<string, number>()
  readonly labelsOf: LabelsOfNamespace
  readonly counts: PodCounts
  readonly terms = new AffinityTerms()
  /** How many nodes are cordoned, have taints that keep pods away, and taints that do not. */
  unschedulable = 0
  tainted = 0
  softlyTainted = 0

  constructor(labelsOf: LabelsOfNamespace = () => undefined) {
    this.labelsOf = labelsOf
    this.counts = new PodCounts(() => this.#byName.values(), labelsOf)
  }

  /** One zone after the other in turn, as upstream: whoever looks at some nodes only sees all zones. */
  get nodes(): readonly NodeInfo[] {
    this.#nodes ??= inTurns(this.#byName.values())
    return this.#nodes
  }

  get size(): number {
    return this.#byName.size
  }

  node(name: string): NodeInfo | undefined {
    return this.#byName.get(name)
  }

  /** The values of a topology key, with how many nodes have each. */
  domains(topologyKey: string): ReadonlyMap<string, number> {
    const known = this.#domains.get(topologyKey)
    if (known) return known
    const domains = new Map<string, number>()
    for (const node of this.#byName.values()) {
      const domain = node.label(topologyKey)
      if (domain !== undefined) domains.set(domain, (domains.get(domain) ?? 0) + 1)
    }
    if (this.#domains.size >= keptDomains) this.#domains.clear()
    this.#domains.set(topologyKey, domains)
    return domains
  }

  nodesWithImage(name: string): number {
    return this.#nodesWithImage.get(name) ?? 0
  }

  setNode(node: Node): void {
    const name = node.metadata.name ?? ''
    const known = this.#byName.get(name)
    if (known) {
      this.#tally(known, -1)
      const old = known.node.metadata.labels
      known.setNode(node)
      this.#tally(known, 1)
      if (sameLabels(old, node.metadata.labels)) return
      this.#forgetOrder()
      this.counts.nodeRelabelled(known, old)
      this.terms.nodeRelabelled(known, old)
      return
    }
    const info = new NodeInfo(node)
    this.#byName.set(name, info)
    this.#forgetOrder()
    this.#tally(info, 1)
    for (const pod of this.#homeless.get(name)?.values() ?? []) this.#settle(info, pod)
    this.#homeless.delete(name)
  }

  removeNode(name: string): void {
    const info = this.#byName.get(name)
    if (!info) return
    this.counts.nodeRemoved(info)
    this.terms.nodeRemoved(info)
    this.#tally(info, -1)
    this.#byName.delete(name)
    this.#forgetOrder()
    if (info.pods.size > 0) this.#homeless.set(name, new Map(info.pods))
  }

  /** Counts the pod on this node, and no longer where it was counted before. */
  place(pod: PodInfo, nodeName: string): void {
    this.unplace(pod.uid)
    this.#placed.set(pod.uid, { pod, nodeName })
    const info = this.#byName.get(nodeName)
    if (info) {
      this.#settle(info, pod)
      return
    }
    let waiting = this.#homeless.get(nodeName)
    if (!waiting) {
      waiting = new Map()
      this.#homeless.set(nodeName, waiting)
    }
    waiting.set(pod.uid, pod)
  }

  unplace(uid: string): void {
    const at = this.#placed.get(uid)
    if (!at) return
    this.#placed.delete(uid)
    const info = this.#byName.get(at.nodeName)
    if (info) {
      info.remove(at.pod)
      this.counts.podRemoved(info, at.pod)
      this.terms.podRemoved(info, at.pod)
      return
    }
    const waiting = this.#homeless.get(at.nodeName)
    waiting?.delete(uid)
    if (waiting?.size === 0) this.#homeless.delete(at.nodeName)
  }

  /** The pod as it is counted, and where. */
  placed(uid: string): { readonly pod: PodInfo; readonly nodeName: string } | undefined {
    return this.#placed.get(uid)
  }

  #settle(info: NodeInfo, pod: PodInfo): void {
    info.add(pod)
    this.counts.podAdded(info, pod)
    this.terms.podAdded(info, pod)
  }

  #tally(info: NodeInfo, by: 1 | -1): void {
    if (info.isUnschedulable) this.unschedulable += by
    if (info.taints.length > 0) this.tainted += by
    if (info.preferNoSchedule.length > 0) this.softlyTainted += by
    for (const image of info.images.keys()) {
      const count = this.nodesWithImage(image) + by
      if (count === 0) this.#nodesWithImage.delete(image)
      else this.#nodesWithImage.set(image, count)
    }
  }

  #forgetOrder(): void {
    this.#nodes = undefined
    this.#domains.clear()
  }
}

/** So many topology keys are kept with their values. */
const keptDomains = 64

type Labels = Readonly<Record<string, string>> | undefined

function sameLabels(a: Labels = {}, b: Labels = {}): boolean {
  if (a === b) return true
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

function inTurns(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>()
  for (const node of nodes) {
    const zone = zoneKeys.map((key) => node.label(key) ?? '').join('/')
    const list = zones.get(zone)
    if (list) list.push(node)
    else zones.set(zone, [node])
  }
  const lists = [...zones.values()]
  if (lists.length === 1) return lists[0]!
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list[turn] ?? [])).flat()
}
