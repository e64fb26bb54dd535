// What the scheduler needs to know of a pod, worked out once per version of it.

import type { Pod } from '#api/core/pod.ts'
import { podRequests } from '#api/core/pod-requests.ts'
import type { Labels } from '#api/labels.ts'
import { type PodTerms, termsOf } from './terms.ts'

export interface HostPort {
  /** `0.0.0.0`: every address. */
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

export interface PodInfo {
  readonly pod: Pod
  readonly uid: string
  readonly namespace: string
  /** `<namespace>/<name>`. */
  readonly key: string
  readonly labels: Labels | undefined
  /** The uid of the object that controls it. */
  readonly ownerUid: string | undefined
  readonly isTerminating: boolean
  readonly priority: number
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  /** Other resources, by name, in thousandths. */
  readonly others: ReadonlyMap<string, number> | undefined
  /** As above, but containers that ask for nothing count a little, so that they spread as well. */
  readonly scoredMilliCpu: number
  readonly scoredMemory: number
  readonly hostPorts: readonly HostPort[]
  readonly terms: PodTerms
}

/** Upstream's stand-in for containers without a request (schedutil.DefaultMilliCPURequest and ...MemoryRequest). */
const unsaid: ReadonlyMap<string, number> = new Map([
  ['cpu', 100],
  ['memory', 200 * 1024 * 1024 * 1000],
])

const named = ['cpu', 'memory', 'ephemeral-storage']
const units = (milli: number | undefined): number => Math.ceil((milli ?? 0) / 1000)
const noPorts: readonly HostPort[] = []

function hostPortsOf({ spec }: Pod): readonly HostPort[] {
  let found: HostPort[] | undefined
  const sidecars = spec.initContainers?.filter((container) => container.restartPolicy === 'Always') ?? []
  for (const { ports } of [...spec.containers, ...sidecars]) {
    for (const { hostPort, hostIP, protocol } of ports ?? []) {
      if (!hostPort || hostPort <= 0) continue
      found ??= []
      found.push({ ip: hostIP || '0.0.0.0', protocol: protocol ?? 'TCP', port: hostPort })
    }
  }
  return found ?? noPorts
}

export function podInfo(pod: Pod): PodInfo {
  const { metadata, spec } = pod
  const requests = podRequests(spec)
  const scored = podRequests(spec, unsaid)
  const milliCpu = requests.get('cpu') ?? 0
  const memory = units(requests.get('memory'))
  const ephemeralStorage = units(requests.get('ephemeral-storage'))
  for (const name of named) requests.delete(name)
  return {
    pod,
    uid: metadata.uid ?? '',
    namespace: metadata.namespace ?? '',
    key: `${metadata.namespace}/${metadata.name}`,
    labels: metadata.labels,
    ownerUid: metadata.ownerReferences?.find((owner) => owner.controller)?.uid,
    isTerminating: metadata.deletionTimestamp !== undefined,
    priority: spec.priority ?? 0,
    milliCpu,
    memory,
    ephemeralStorage,
    others: requests.size > 0 ? requests : undefined,
    scoredMilliCpu: scored.get('cpu') ?? 0,
    scoredMemory: units(scored.get('memory')),
    hostPorts: hostPortsOf(pod),
    terms: termsOf(pod),
  }
}
