// Requests and limits to what the kernel knows: cgroup numbers, QoS class and oom_score_adj, by upstream's rules.

import type { Container } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import type { ResourceRequirements } from '#api/core/resources.ts'
import { milliValue, quantityValue } from '#api/quantity.ts'
import type { LinuxResources } from './runtime/runtime.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const supported = ['cpu', 'memory'] as const

const isSet = (text: string | undefined): text is string => text !== undefined && quantityValue(text) > 0

export function qosClass(pod: Pod): QosClass {
  const all: readonly (ResourceRequirements | undefined)[] = pod.spec.resources
    ? [pod.spec.resources]
    : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map((c) => c.resources)
  let anything = false
  let guaranteed = true
  for (const resources of all)
    for (const name of supported) {
      const limit = resources?.limits?.[name]
      const request = resources?.requests?.[name] ?? limit
      if (isSet(limit) || isSet(request)) anything = true
      if (!isSet(limit) || !isSet(request) || milliValue(limit) !== milliValue(request)) guaranteed = false
    }
  return !anything ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable'
}

const fewestShares = 2
const mostShares = 262_144
const periodMicros = 100_000
const leastQuotaMicros = 1_000

export const cpuShares = (milliCpu: number): number =>
  milliCpu === 0 ? fewestShares : Math.min(mostShares, Math.max(fewestShares, Math.floor((milliCpu * 1024) / 1000)))

export const cpuQuotaMicros = (milliCpu: number): number =>
  milliCpu === 0 ? 0 : Math.max(leastQuotaMicros, Math.floor((milliCpu * periodMicros) / 1000))

const isNodeCritical = (pod: Pod): boolean => (pod.spec.priority ?? 0) >= 2_000_001_000

/** The more memory of the node a burstable container has asked for, the later it is killed. */
export function oomScoreAdjust(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  if (isNodeCritical(pod)) return -997
  const qos = qosClass(pod)
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort') return 1000
  const { requests, limits } = container.resources ?? {}
  const asked = quantityValue(requests?.memory ?? limits?.memory)
  const score = nodeMemoryBytes > 0 ? 1000 - Math.floor((1000 * asked) / nodeMemoryBytes) : 1000
  // Always above the guaranteed ones, and below those that asked for nothing.
  return Math.min(999, Math.max(3, score))
}

export function linuxResources(pod: Pod, container: Container, nodeMemoryBytes: number): LinuxResources {
  const { requests, limits } = container.resources ?? {}
  // Without a request the limit is the request, as the API server's defaulting has it.
  const milliShares = milliValue(requests?.cpu ?? limits?.cpu)
  return {
    cpuPeriodMicros: periodMicros,
    cpuQuotaMicros: cpuQuotaMicros(milliValue(limits?.cpu ?? pod.spec.resources?.limits?.cpu)),
    cpuShares: cpuShares(milliShares),
    memoryLimitBytes: quantityValue(limits?.memory ?? pod.spec.resources?.limits?.memory),
    oomScoreAdj: oomScoreAdjust(pod, container, nodeMemoryBytes),
  }
}
