// A number of pods per node, and from it per domain: a domain is all nodes with the same value of a topology key.
// Changed by one per pod that comes or goes; the sums of a key are made when they are first asked for.

import type { Labels } from '#api/labels.ts'
import type { NodeInfo } from './node-info.ts'

export class DomainCounts {
  readonly #byNode = new Map<NodeInfo, number>()
  readonly #byDomain = new Map<string, Map<string, number>>()

  /** Nodes without any are left out. */
  get byNode(): ReadonlyMap<NodeInfo, number> {
    return this.#byNode
  }

  /** By the key's value; domains without any are left out. */
  byDomain(topologyKey: string): ReadonlyMap<string, number> {
    const known = this.#byDomain.get(topologyKey)
    if (known) return known
    const sums = new Map<string, number>()
    for (const [node, count] of this.#byNode) add(sums, node.label(topologyKey), count)
    this.#byDomain.set(topologyKey, sums)
    return sums
  }

  change(node: NodeInfo, by: number): void {
    add(this.#byNode, node, by)
    for (const [topologyKey, sums] of this.#byDomain) add(sums, node.label(topologyKey), by)
  }

  removeNode(node: NodeInfo): void {
    const count = this.#byNode.get(node)
    if (count !== undefined) this.change(node, -count)
  }

  /** To be called when the node has its new labels already. */
  relabel(node: NodeInfo, old: Labels | undefined): void {
    const count = this.#byNode.get(node)
    if (count === undefined) return
    for (const [topologyKey, sums] of this.#byDomain) {
      add(sums, old?.[topologyKey], -count)
      add(sums, node.label(topologyKey), count)
    }
  }
}

function add<K>(sums: Map<K, number>, key: K | undefined, by: number): void {
  if (key === undefined) return
  const sum = (sums.get(key) ?? 0) + by
  if (sum === 0) sums.delete(key)
  else sums.set(key, sum)
}
