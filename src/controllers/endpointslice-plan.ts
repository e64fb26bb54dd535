// Which EndpointSlices a Service needs, and the smallest change that leads there from those it has. Pure.

import type { Pod } from '#api/core/pod.ts'
import { type Service, Service as ServiceKind } from '#api/core/service.ts'
import type { EndpointSlice, EndpointSlice as EndpointSliceKind } from '#api/discovery/endpoint-slice.ts'
import type { Endpoint, EndpointPort } from '#api/discovery/endpoint-slice-types.ts'
import type { Draft } from '#client/client.ts'
import { canonical, isEqual } from './equal.ts'
import { controllerReference } from './owners.ts'
import { byName, isReady, isTerminating } from './pods.ts'
import {
  headlessLabel,
  hostnameOf,
  isHeadless,
  portOf,
  targetOf,
  triggerTime,
  triggerTimeAnnotation,
} from './service-pods.ts'

export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
export const managedBy = 'endpointslice-controller.k8s.io'
const mostEndpoints = 100

type AddressType = 'IPv4' | 'IPv6'

export interface Plan {
  readonly create: readonly Draft<typeof EndpointSliceKind>[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

/** `zoneOf` knows the zone of a node, where it has one. */
export function plan(
  service: Service,
  pods: readonly Pod[],
  slices: readonly EndpointSlice[],
  zoneOf: (node: string) => string | undefined,
): Plan {
  const plans = addressTypesOf(service).map((type) => planType(service, type, pods, slices, zoneOf))
  const types = new Set<string>(addressTypesOf(service))
  return {
    create: plans.flatMap(({ create }) => create),
    update: plans.flatMap(({ update }) => update),
    remove: [...slices.filter(({ addressType }) => !types.has(addressType)), ...plans.flatMap(({ remove }) => remove)],
  }
}

function addressTypesOf({ spec }: Service): readonly AddressType[] {
  const families: readonly AddressType[] = spec.ipFamilies ?? []
  if (families.length > 0) return families
  return [spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4']
}

interface Group {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Map<string, Endpoint>
}

/** Endpoints with the same ports share slices. */
function groupsOf(
  service: Service,
  type: AddressType,
  pods: readonly Pod[],
  zoneOf: (node: string) => string | undefined,
): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const pod of pods) {
    const addresses = (pod.status.podIPs ?? [{ ip: pod.status.podIP ?? '' }])
      .map(({ ip }) => ip)
      .filter((ip) => ip.includes(':') === (type === 'IPv6') && ip !== '')
    const ports = portsOf(service, pod)
    if (addresses.length === 0 || (ports.length === 0 && !isHeadless(service))) continue
    const key = canonical(ports)
    let group = groups.get(key)
    if (!group) {
      group = { ports, endpoints: new Map() }
      groups.set(key, group)
    }
    const endpoint = endpointOf(service, pod, addresses, zoneOf)
    group.endpoints.set(identityOf(endpoint), endpoint)
  }
  return groups
}

const identityOf = ({ addresses, targetRef }: Endpoint): string => `${targetRef?.uid ?? ''} ${addresses.join(',')}`

function portsOf(service: Service, pod: Pod): readonly EndpointPort[] {
  const found: EndpointPort[] = []
  for (const wanted of service.spec.ports ?? []) {
    const port = portOf(pod, wanted)
    if (port === undefined) continue
    const { name = '', protocol = 'TCP', appProtocol } = wanted
    found.push({ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) })
  }
  return found
}

function endpointOf(
  service: Service,
  pod: Pod,
  addresses: string[],
  zoneOf: (node: string) => string | undefined,
): Endpoint {
  const serving = isReady(pod)
  const terminating = isTerminating(pod)
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating)
  const hostname = hostnameOf(service, pod)
  const { nodeName } = pod.spec
  const zone = nodeName ? zoneOf(nodeName) : undefined
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname ? { hostname } : {}),
    targetRef: targetOf(pod),
    ...(nodeName ? { nodeName } : {}),
    ...(zone ? { zone } : {}),
    ...hintsOf(service.spec.trafficDistribution, ready, zone, nodeName),
  }
}

function hintsOf(
  wish: string | undefined,
  ready: boolean,
  zone: string | undefined,
  nodeName: string | undefined,
): Pick<Endpoint, 'hints'> {
  if (!wish || !ready) return {}
  const forZones = zone ? { forZones: [{ name: zone }] } : {}
  const forNodes = wish === 'PreferSameNode' && nodeName ? { forNodes: [{ name: nodeName }] } : {}
  const hints = { ...forZones, ...forNodes }
  return Object.keys(hints).length > 0 ? { hints } : {}
}

/** A slice while its content is being worked out. */
interface Filling {
  readonly slice: EndpointSlice | undefined
  readonly ports: readonly EndpointPort[]
  endpoints: Endpoint[]
  changed: boolean
}

function planType(
  service: Service,
  type: AddressType,
  pods: readonly Pod[],
  slices: readonly EndpointSlice[],
  zoneOf: (node: string) => string | undefined,
): Plan {
  const groups = groupsOf(service, type, pods, zoneOf)
  const existing = slices.filter((slice) => slice.addressType === type).sort(byName)
  const byPorts = Map.groupBy(existing, (slice) => canonical(slice.ports ?? []))
  const fillings: Filling[] = []
  for (const [key, group] of groups) fillings.push(...fill(group, byPorts.get(key) ?? []))
  const unused = new Set(existing)
  for (const { slice, endpoints } of fillings) if (slice && endpoints.length > 0) unused.delete(slice)

  let used = fillings.filter(({ endpoints }) => endpoints.length > 0)
  // A Service without any endpoint still shows that somebody has looked: one empty slice.
  if (used.length === 0) used = [placeholder([...unused])]
  for (const { slice } of used) if (slice) unused.delete(slice)

  const create: Draft<typeof EndpointSliceKind>[] = []
  const update: EndpointSlice[] = []
  const spare = [...unused]
  const labels = labelsOf(service)
  for (const filling of used) {
    // What would be deleted is used again: one write instead of two.
    const slice = filling.slice ?? spare.shift()
    const next = sliceOf(service, type, filling, labels, slice, pods)
    if (!slice) create.push(next)
    else if (filling.changed || filling.slice === undefined || !isEqual(labels, slice.metadata.labels))
      update.push({ ...slice, ...next, metadata: { ...slice.metadata, ...next.metadata } } as EndpointSlice)
  }
  return { create, update, remove: spare }
}

function placeholder(unused: readonly EndpointSlice[]): Filling {
  const slice = unused[0]
  const isEmpty = slice && slice.endpoints.length === 0 && (slice.ports ?? []).length === 0
  return { slice, ports: [], endpoints: [], changed: !isEmpty }
}

/** Spreads a group over its slices: what stays stays where it is, what is new fills gaps, most of all where
 *  something changes anyway. */
function fill({ ports, endpoints }: Group, slices: readonly EndpointSlice[]): Filling[] {
  const left = new Map(endpoints)
  const fillings = slices.map((slice): Filling => {
    const kept: Endpoint[] = []
    let changed = false
    for (const old of slice.endpoints) {
      const key = identityOf(old)
      const next = left.get(key)
      if (!next || kept.length >= mostEndpoints) {
        changed = true
        continue
      }
      left.delete(key)
      kept.push(isEqual(old, next) ? old : next)
      changed ||= !isEqual(old, next)
    }
    return { slice, ports, endpoints: kept, changed }
  })
  const add = (filling: Filling, count: number) => {
    for (const [key, endpoint] of left) {
      if (count-- <= 0) break
      filling.endpoints.push(endpoint)
      filling.changed = true
      left.delete(key)
    }
  }
  const room = ({ endpoints: held }: Filling) => mostEndpoints - held.length
  for (const filling of fillings) if (filling.changed && filling.endpoints.length > 0) add(filling, room(filling))
  if (left.size > 0 && left.size <= mostEndpoints) {
    const fitting = fillings.filter((filling) => filling.endpoints.length > 0 && room(filling) >= left.size)
    const fullest = fitting.sort((a, b) => room(a) - room(b))[0]
    if (fullest) add(fullest, left.size)
  }
  while (left.size > 0) {
    const filling: Filling = { slice: undefined, ports, endpoints: [], changed: true }
    add(filling, mostEndpoints)
    fillings.push(filling)
  }
  return fillings
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const { [headlessLabel]: _, ...own } = service.metadata.labels ?? {}
  return {
    ...own,
    ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
    [serviceNameLabel]: service.metadata.name ?? '',
    [managedByLabel]: managedBy,
  }
}

function sliceOf(
  service: Service,
  type: AddressType,
  { ports, endpoints }: Filling,
  labels: Readonly<Record<string, string>>,
  slice: EndpointSlice | undefined,
  pods: readonly Pod[],
): Draft<typeof EndpointSliceKind> {
  const { [triggerTimeAnnotation]: since, ...annotations } = slice?.metadata.annotations ?? {}
  const time = triggerTime(service, pods, since)
  return {
    metadata: {
      ...(slice ? {} : { generateName: `${service.metadata.name}-`, namespace: service.metadata.namespace }),
      labels,
      annotations: { ...annotations, ...(time ? { [triggerTimeAnnotation]: time } : {}) },
      ownerReferences: [controllerReference(ServiceKind, service)],
    },
    addressType: type,
    endpoints,
    ports,
  }
}
