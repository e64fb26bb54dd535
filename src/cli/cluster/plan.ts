// What state a local cluster is to have: what is there, grown to what is asked for. Pure; what is free on the
// machine is found out beforehand.

import type { MachineBefore } from './host-network.ts'
import type { ClusterState, NodeState } from './state.ts'

export interface WantedCluster {
  readonly name: string
  /** Undefined: as many as there are, or three. */
  readonly nodes: number | undefined
  readonly simulated: boolean
  readonly kubeconfig: string
  /** Undefined: those that it was started with before. */
  readonly serverFlags?: readonly string[] | undefined
}

/** What a new cluster takes of the machine. */
export interface FreeOnMachine {
  readonly index: number
  readonly port: number
  readonly before: MachineBefore
}

/** Nodes are added, never taken away: what runs on them is not this command's to end. */
function grow(name: string, nodes: readonly NodeState[], count: number): readonly NodeState[] {
  const added = Array.from({ length: Math.max(0, count - nodes.length) }, (_, i) => nodes.length + 1 + i)
  return [...nodes, ...added.map((position) => ({ name: `${name}-${position}`, position }))]
}

export function planState(
  known: ClusterState | undefined,
  wanted: WantedCluster,
  free: FreeOnMachine | undefined,
): ClusterState {
  const { name, simulated, kubeconfig, serverFlags } = wanted
  const base = known ?? (free && { name, simulated, nodes: [], ...free })
  if (!base) throw new Error(`Nothing is known of what is free for the new cluster "${name}"`)
  const all = [...(known?.earlierKubeconfigs ?? []), ...(known ? [known.kubeconfig] : [])]
  const earlierKubeconfigs = [...new Set(all)].filter((path) => path !== kubeconfig)
  const nodes = grow(base.name, base.nodes, wanted.nodes ?? (base.nodes.length || 3))
  return { ...base, nodes, kubeconfig, earlierKubeconfigs, ...(serverFlags ? { serverFlags } : {}) }
}
