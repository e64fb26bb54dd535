// Requests against what the node has left: whether the pod fits, and which nodes are used least and most evenly.
import { maxScore, type Plugin, type Refusal } from '../framework.ts'
import type { PodInfo } from '../pod-info.ts'
import type { NodeInfo } from '../snapshot.ts'

/** Every resource that is short, in upstream's words. */
function shortages(pod: PodInfo, node: NodeInfo): Refusal | undefined {
  let reasons: string[] | undefined
  // What the node could not hold even if it were empty is not resolved by evicting others.
  let resolvable = true
  const short = (what: string, wanted: number, allocatable: number) => {
    reasons ??= []
    reasons.push(what)
    if (wanted > allocatable) resolvable = false
  }
  if (node.pods.size + 1 > node.allocatablePods) short('Too many pods', 1, node.allocatablePods)
  if (pod.milliCpu > 0 && pod.milliCpu > node.allocatableMilliCpu - node.milliCpu) {
    short('Insufficient cpu', pod.milliCpu, node.allocatableMilliCpu)
  }
  if (pod.memory > 0 && pod.memory > node.allocatableMemory - node.memory) {
    short('Insufficient memory', pod.memory, node.allocatableMemory)
  }
  if (pod.ephemeralStorage > 0 && pod.ephemeralStorage > node.allocatableEphemeralStorage - node.ephemeralStorage) {
    short('Insufficient ephemeral-storage', pod.ephemeralStorage, node.allocatableEphemeralStorage)
  }
  for (const [name, milli] of pod.others ?? []) {
    const allocatable = node.allocatableOthers.get(name) ?? 0
    if (milli > 0 && milli > allocatable - (node.others.get(name) ?? 0))
      short(`Insufficient ${name}`, milli, allocatable)
  }
  return reasons && { reasons, resolvable }
}

const leastAllocated = (asked: number, allocatable: number): number =>
  allocatable === 0 || asked > allocatable ? 0 : ((allocatable - asked) * maxScore) / allocatable

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  wakes: ['node-added', 'node-resources', 'pod-removed'],
  filter: shortages,
  score: {
    weight: 1,
    of: (pod, node) => {
      const cpu = leastAllocated(node.scoredMilliCpu + pod.scoredMilliCpu, node.allocatableMilliCpu)
      const memory = leastAllocated(node.scoredMemory + pod.scoredMemory, node.allocatableMemory)
      return Math.floor((cpu + memory) / 2)
    },
  },
}

const share = (asked: number, allocatable: number): number => (allocatable === 0 ? 1 : Math.min(1, asked / allocatable))

export const nodeResourcesBalance: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  wakes: [],
  score: {
    weight: 1,
    // For two resources the standard deviation of their shares is half their distance.
    of: (pod, node) => {
      const cpu = share(node.milliCpu + pod.milliCpu, node.allocatableMilliCpu)
      const memory = share(node.memory + pod.memory, node.allocatableMemory)
      return Math.floor((1 - Math.abs(cpu - memory) / 2) * maxScore)
    },
  },
}
