// Writes the Endpoints object of each Service with a selector: the older form of EndpointSlices, which many tools
// still read. It holds at most 1000 addresses and says so when there would be more.

import { type Endpoints, Endpoints as EndpointsKind } from '#api/core/endpoints.ts'
import type { EndpointAddress, EndpointSubset } from '#api/core/endpoints-types.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import { type Service, Service as ServiceKind } from '#api/core/service.ts'
import { isNotFound } from '#api/status-error.ts'
import type { Draft } from '#client/client.ts'
import { controller, trigger } from '#client/controller.ts'
import { isEqual } from './equal.ts'
import { refTo } from './owners.ts'
import { isReady, isTerminating } from './pods.ts'
import {
  hasOwnEndpoints,
  headlessLabel,
  hostnameOf,
  isHeadless,
  podsBehind,
  portOf,
  servicesOf,
  targetOf,
  triggerTime,
  triggerTimeAnnotation,
} from './service-pods.ts'
import { type Behind, repack } from './subsets.ts'

const managedByLabel = 'endpoints.kubernetes.io/managed-by'
const managedBy = 'endpoint-controller'
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity'
const mostAddresses = 1000

export function subsetsOf(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const all: Behind[] = []
  const unready = service.spec.publishNotReadyAddresses === true
  for (const pod of pods) {
    if (isTerminating(pod) && !unready) continue
    const entry = { address: addressOf(service, pod), ready: unready || isReady(pod) }
    const ports = service.spec.ports ?? []
    if (ports.length === 0 && isHeadless(service)) all.push({ port: undefined, ...entry })
    for (const wanted of ports) {
      const port = portOf(pod, wanted)
      if (port === undefined) continue
      const { name, protocol = 'TCP', appProtocol } = wanted
      const behind = { ...(name ? { name } : {}), port, protocol, ...(appProtocol ? { appProtocol } : {}) }
      all.push({ port: behind, ...entry })
    }
  }
  return repack(all)
}

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const hostname = hostnameOf(service, pod)
  const wantsV6 = (service.spec.ipFamilies?.[0] ?? 'IPv4') === 'IPv6'
  const ips = (pod.status.podIPs ?? []).map(({ ip }) => ip)
  return {
    ip: ips.find((ip) => ip.includes(':') === wantsV6) ?? pod.status.podIP ?? '',
    ...(hostname ? { hostname } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: targetOf(pod),
  }
}

const count = (subsets: readonly EndpointSubset[]): number =>
  subsets.reduce((sum, subset) => sum + (subset.addresses?.length ?? 0) + (subset.notReadyAddresses?.length ?? 0), 0)

/** Ready addresses first; each subset keeps its share. */
export function truncate(subsets: readonly EndpointSubset[], most = mostAddresses): readonly EndpointSubset[] {
  if (count(subsets) <= most) return subsets
  const total = (of: (subset: EndpointSubset) => number) => subsets.reduce((sum, subset) => sum + of(subset), 0)
  const ready = total(({ addresses }) => addresses?.length ?? 0)
  const readyShare = Math.min(1, most / ready)
  const roomLeft = Math.max(0, most - ready)
  const notReady = total(({ notReadyAddresses }) => notReadyAddresses?.length ?? 0)
  const notReadyShare = notReady === 0 ? 0 : Math.min(1, roomLeft / notReady)
  const part = <T>(list: readonly T[] | undefined, share: number) =>
    (list ?? []).slice(0, Math.floor((list ?? []).length * share))
  return subsets
    .map((subset): EndpointSubset => {
      const addresses = part(subset.addresses, readyShare)
      const notReadyAddresses = part(subset.notReadyAddresses, notReadyShare)
      return {
        ...(addresses.length > 0 ? { addresses } : {}),
        ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
        ...(subset.ports ? { ports: subset.ports } : {}),
      }
    })
    .filter((subset) => count([subset]) > 0)
}

/** What has to be written; undefined when `current` is right already. */
export function plan(
  service: Service,
  pods: readonly Pod[],
  current: Endpoints | undefined,
): Draft<typeof EndpointsKind> | undefined {
  const all = subsetsOf(service, pods)
  const subsets = truncate(all)
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {}
  const labels = { ...own, ...(isHeadless(service) ? { [headlessLabel]: '' } : {}), [managedByLabel]: managedBy }
  const {
    [triggerTimeAnnotation]: since,
    [overCapacityAnnotation]: was,
    ...annotations
  } = current?.metadata.annotations ?? {}
  const capacity = count(all) > mostAddresses ? 'truncated' : undefined
  if (
    current &&
    isEqual(current.subsets ?? [], subsets) &&
    isEqual(current.metadata.labels ?? {}, labels) &&
    was === capacity
  )
    return undefined
  const time = triggerTime(service, pods, since)
  const metadata = {
    name: service.metadata.name,
    namespace: service.metadata.namespace,
    ...current?.metadata,
    labels,
    annotations: {
      ...annotations,
      ...(time ? { [triggerTimeAnnotation]: time } : {}),
      ...(capacity ? { [overCapacityAnnotation]: capacity } : {}),
    },
  }
  return { metadata, subsets }
}

export const endpoints = controller({
  name: 'endpoints-controller',
  account: 'endpoint-controller',
  reconciles: ServiceKind,
  triggers: [
    trigger(PodKind, servicesOf),
    trigger(EndpointsKind, (next, old) => {
      const object = next ?? old
      return object?.metadata.labels?.[managedByLabel] === managedBy ? [refTo(object)] : []
    }),
  ],
  async reconcile({ namespace, name }, { client, informers }) {
    const service = informers.of(ServiceKind).get(namespace, name)
    const current = informers.of(EndpointsKind).get(namespace, name)
    if (!service) {
      if (current?.metadata.labels?.[managedByLabel] === managedBy)
        await client.delete(EndpointsKind, refTo(current), { uid: current.metadata.uid }).catch((error) => {
          if (!isNotFound(error)) throw error
        })
      return
    }
    if (!hasOwnEndpoints(service) || service.metadata.deletionTimestamp !== undefined) return
    const next = plan(service, podsBehind(service, informers), current)
    if (!next) return
    if (current) await client.update(EndpointsKind, next)
    else await client.create(EndpointsKind, next)
  },
})
