// How many pods that match a selector are on each node: counted once when first asked for, and from then on
// changed by one per pod that comes or goes, instead of looking at all pods for each that is placed.

import type { Selector } from '#api/labels.ts'
import { Lru } from '#lib/lru.ts'
import type { PodInfo } from './pod-info.ts'
import type { NodeInfo, Snapshot } from './snapshot.ts'

export interface PodQuery {
  /** `undefined`: all namespaces. */
  readonly namespaces: ReadonlySet<string> | undefined
  readonly selector: Selector
}

interface Counted extends PodQuery {
  readonly byNode: Map<string, number>
}

/** So many different questions are kept; one that has not been asked for long is counted again when it is. */
const keptQueries = 512

const matches = (query: PodQuery, { pod }: PodInfo): boolean =>
  !pod.metadata.deletionTimestamp &&
  (query.namespaces?.has(pod.metadata.namespace ?? '') ?? true) &&
  query.selector.matches(pod.metadata.labels)

export class PodCounts {
  readonly #snapshot: Snapshot
  readonly #queries = new Lru<string, Counted>({ maxEntries: keptQueries })

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
  }

  /** Matching pods by node name; nodes without any are left out. Not to be changed. */
  byNode(query: PodQuery): ReadonlyMap<string, number> {
    const namespaces = query.namespaces ? [...query.namespaces].sort().join(',') : '*'
    const name = `${namespaces} ${query.selector}`
    const known = this.#queries.get(name)
    if (known) return known.byNode
    const counted: Counted = { ...query, byNode: new Map() }
    for (const node of this.#snapshot.nodes) {
      for (const pod of node.pods.values()) if (matches(query, pod)) change(counted, node, 1)
    }
    this.#queries.set(name, counted)
    return counted.byNode
  }

  podAdded(node: NodeInfo, pod: PodInfo): void {
    for (const query of this.#queries.values()) if (matches(query, pod)) change(query, node, 1)
  }

  podRemoved(node: NodeInfo, pod: PodInfo): void {
    for (const query of this.#queries.values()) if (matches(query, pod)) change(query, node, -1)
  }

  nodeRemoved(node: NodeInfo): void {
    for (const { byNode } of this.#queries.values()) byNode.delete(node.name)
  }
}

function change({ byNode }: Counted, node: NodeInfo, by: 1 | -1): void {
  const count = (byNode.get(node.name) ?? 0) + by
  if (count > 0) byNode.set(node.name, count)
  else byNode.delete(node.name)
}
