// What the scheduler needs to know of a pod, worked out once per version of it.

import type { ContainerPort } from '#api/core/container.ts'
import type { Pod } from '#api/core/pod.ts'
import { type Amounts, podRequests } from '#api/core/pod-requests.ts'

export interface PodInfo {
  readonly pod: Pod
  /** `<namespace>/<name>`. */
  readonly key: string
  readonly uid: string
  readonly priority: number
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  /** Other resources, by name, in thousandths. */
  readonly others: Amounts | undefined
  /** As above, but containers that ask for nothing count a little, so that they spread as well. */
  readonly scoredMilliCpu: number
  readonly scoredMemory: number
  readonly hostPorts: readonly ContainerPort[]
}

/** Upstream's stand-in for containers without a request (schedutil.DefaultMilliCPURequest and ...MemoryRequest). */
const unsaidMilliCpu = 100
const unsaidMemory = 200 * 1024 * 1024

const units = (milli: number | undefined): number => (milli ?? 0) / 1000

function hostPortsOf({ spec }: Pod): readonly ContainerPort[] {
  const sidecars = (spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')
  const ports = [...spec.containers, ...sidecars].flatMap((c) => c.ports ?? [])
  return ports.filter((port) => port.hostPort !== undefined && port.hostPort > 0)
}

export function podInfo(pod: Pod): PodInfo {
  const requests = podRequests(pod.spec)
  const milliCpu = requests.get('cpu') ?? 0
  const memory = units(requests.get('memory'))
  const ephemeralStorage = units(requests.get('ephemeral-storage'))
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) requests.delete(name)
  const unsaid = (name: 'cpu' | 'memory') =>
    pod.spec.containers.filter((c) => c.resources?.requests?.[name] === undefined).length
  return {
    pod,
    key: `${pod.metadata.namespace}/${pod.metadata.name}`,
    uid: pod.metadata.uid ?? '',
    priority: pod.spec.priority ?? 0,
    milliCpu,
    memory,
    ephemeralStorage,
    others: requests.size > 0 ? requests : undefined,
    scoredMilliCpu: milliCpu + unsaid('cpu') * unsaidMilliCpu,
    scoredMemory: memory + unsaid('memory') * unsaidMemory,
    hostPorts: hostPortsOf(pod),
  }
}
