// Requests against what the node has left: whether the pod fits, and which nodes are used least and most evenly.
import { maxScore, type Plugin, type Refusal } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodInfo } from '../pod-info.ts'

function fits(pod: PodInfo, node: NodeInfo): boolean {
  if (node.pods.size >= node.allocatablePods) return false
  if (pod.milliCpu > 0 && pod.milliCpu > node.allocatableMilliCpu - node.milliCpu) return false
  if (pod.memory > 0 && pod.memory > node.allocatableMemory - node.memory) return false
  if (pod.ephemeralStorage > 0 && pod.ephemeralStorage > node.allocatableEphemeralStorage - node.ephemeralStorage)
    return false
  if (pod.others) {
    for (const [name, milli] of pod.others)
      if (milli > 0 && milli > (node.allocatableOthers.get(name) ?? 0) - (node.others.get(name) ?? 0)) return false
  }
  return true
}

/** Every resource that is short, in upstream's words. */
function shortages(pod: PodInfo, node: NodeInfo): Refusal {
  const reasons: string[] = []
  // What the node could not hold even if it were empty is not resolved by evicting others.
  let resolvable = true
  const check = (name: string, wanted: number, allocatable: number, used: number) => {
    if (wanted <= 0 || wanted <= allocatable - used) return
    reasons.push(`Insufficient ${name}`)
    if (wanted > allocatable) resolvable = false
  }
  if (node.pods.size >= node.allocatablePods) reasons.push('Too many pods')
  check('cpu', pod.milliCpu, node.allocatableMilliCpu, node.milliCpu)
  check('memory', pod.memory, node.allocatableMemory, node.memory)
  check('ephemeral-storage', pod.ephemeralStorage, node.allocatableEphemeralStorage, node.ephemeralStorage)
  for (const [name, milli] of pod.others ?? [])
    check(name, milli, node.allocatableOthers.get(name) ?? 0, node.others.get(name) ?? 0)
  return { reasons, resolvable }
}

const leastAllocated = (asked: number, allocatable: number): number =>
  asked > allocatable ? 0 : Math.floor(((allocatable - asked) * maxScore) / allocatable)

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  wakes: ['node-added', 'node-resources', 'pod-removed', 'pod-shrunk'],
  looksAtNodeOnly: true,
  filter: (pod, node) => (fits(pod, node) ? undefined : shortages(pod, node)),
  score: {
    weight: 1,
    /** The mean of what would be left of processor and memory. A resource that the node does not have is left out. */
    of: (pod, node) => {
      const { allocatableMilliCpu, allocatableMemory } = node
      const cpu = allocatableMilliCpu && leastAllocated(node.scoredMilliCpu + pod.scoredMilliCpu, allocatableMilliCpu)
      const memory = allocatableMemory && leastAllocated(node.scoredMemory + pod.scoredMemory, allocatableMemory)
      const counted = (allocatableMilliCpu > 0 ? 1 : 0) + (allocatableMemory > 0 ? 1 : 0)
      return counted === 0 ? 0 : Math.floor((cpu + memory) / counted)
    },
  },
}

export const nodeResourcesBalance: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  wakes: [],
  score: {
    weight: 1,
    // Pods that ask for nothing would all go to the most balanced node (upstream: #129138).
    prepare: ({ milliCpu, memory }) => (milliCpu === 0 && memory === 0 ? undefined : true),
    // For two resources the standard deviation of their shares is half their distance.
    of: (pod, { allocatableMilliCpu, allocatableMemory, milliCpu, memory }) => {
      if (allocatableMilliCpu === 0 || allocatableMemory === 0) return maxScore
      const cpuShare = Math.min(1, (milliCpu + pod.milliCpu) / allocatableMilliCpu)
      const memoryShare = Math.min(1, (memory + pod.memory) / allocatableMemory)
      return Math.floor((1 - Math.abs(cpuShare - memoryShare) / 2) * maxScore)
    },
  },
}
