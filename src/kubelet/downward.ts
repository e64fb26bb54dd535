// Fields of a pod, and resources of its containers, as text: for environment variables and downwardAPI files.

import type { Container } from '#api/core/container.ts'
import type { ObjectFieldSelector, ResourceFieldSelector } from '#api/core/env.ts'
import type { Pod } from '#api/core/pod.ts'
import { milliValue, quantityValue } from '#api/quantity.ts'

export interface PodAddresses {
  readonly podIPs: readonly string[]
  readonly hostIPs: readonly string[]
}

const formatMap = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')

/** Throws where the path names nothing that can be had. */
export function fieldValue(pod: Pod, { fieldPath }: ObjectFieldSelector, addresses: PodAddresses): string {
  const { metadata, spec } = pod
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath)
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2]!] ?? ''
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
    case 'metadata.annotations':
      return formatMap(metadata[fieldPath === 'metadata.labels' ? 'labels' : 'annotations'])
    case 'spec.nodeName':
      return spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? ''
    case 'status.hostIP':
      return addresses.hostIPs[0] ?? ''
    case 'status.hostIPs':
      return addresses.hostIPs.join(',')
    case 'status.podIP':
      return addresses.podIPs[0] ?? ''
    case 'status.podIPs':
      return addresses.podIPs.join(',')
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`)
  }
}

/** A limit that is not set is what the node has to give. Rounded up to whole divisors, as upstream. */
export function resourceValue(
  pod: Pod,
  container: Container,
  selector: ResourceFieldSelector,
  allocatable: Readonly<Record<string, string>>,
): string {
  const { resource, divisor } = selector
  const from = selector.containerName ? findContainer(pod, selector.containerName) : container
  const [kind, ...rest] = resource.split('.')
  const name = rest.join('.')
  const isKnown = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-')
  if (!isKnown || (kind !== 'limits' && kind !== 'requests'))
    throw new Error(`unsupported container resource : ${resource}`)
  const { limits = {}, requests = {} } = from.resources ?? {}
  const text = kind === 'limits' ? (limits[name] ?? allocatable[name]) : (requests[name] ?? limits[name])
  const by = divisor === undefined || divisor === '' || divisor === '0' ? '1' : divisor
  if (name === 'cpu') return String(Math.ceil(milliValue(text) / milliValue(by)))
  return String(Math.ceil(quantityValue(text) / quantityValue(by)))
}

function findContainer(pod: Pod, name: string): Container {
  const found = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((c) => c.name === name)
  if (!found) throw new Error(`container ${name} not found`)
  return found
}
