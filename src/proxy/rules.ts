// Decides where connections to a Service go, as one node sees it. Pure: objects in, a list of frontends out;
// nftables.ts writes them down. The choices (ready before terminating, traffic policies, hints, what is refused
// and what is dropped) are upstream's service proxy's.

import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { Pod } from '#api/core/pod.ts'
import type { Service } from '#api/core/service.ts'
import type { ServicePort } from '#api/core/service-types.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import type { Endpoint } from '#api/discovery/endpoint-slice-types.ts'

export type Family = 'ip' | 'ip6'
export type Protocol = 'tcp' | 'udp' | 'sctp'

export interface Target {
  readonly address: string
  readonly port: number
}

/** One address and port that connections are made to. */
export interface Frontend {
  /** `node` is every address of this node. */
  readonly address: string | 'node'
  readonly protocol: Protocol
  readonly port: number
  /** `outside`: only for connections that come neither from a pod nor from this node. Looked at first. */
  readonly from: 'anywhere' | 'outside'
  /** Whose source address is replaced by the node's: nobody's, that of clients which are no pods, everybody's. */
  readonly masquerade: 'never' | 'non-pods' | 'always'
  /** How long a client stays with its target, where it does. */
  readonly affinitySeconds?: number | undefined
  readonly targets: readonly Target[]
  /** What becomes of a connection when there is no target. */
  readonly whenEmpty: 'reject' | 'drop'
}

/** Addresses of load balancers that only these ranges may connect to. */
export interface Firewall {
  readonly address: string
  readonly protocol: Protocol
  readonly port: number
  readonly ranges: readonly string[]
}

export interface ServiceRules {
  readonly frontends: readonly Frontend[]
  /** Connections to other ports of these are refused. */
  readonly clusterAddresses: readonly string[]
  readonly firewalls: readonly Firewall[]
  /** Addresses of targets on this node: they may reach themselves, which needs another source address. */
  readonly localAddresses: readonly string[]
}

export const noRules: ServiceRules = { frontends: [], clusterAddresses: [], firewalls: [], localAddresses: [] }

/** The node for which is decided. */
export interface Place {
  readonly nodeName: string
  readonly zone?: string | undefined
  readonly family: Family
  /** Service addresses that something else answers for, as this node's own DNS. */
  readonly leaveAlone?: readonly string[] | undefined
}

const serviceNameLabel = 'kubernetes.io/service-name'

/** `namespace/name` of the service that a slice belongs to. */
export function serviceOfSlice(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels?.[serviceNameLabel]
  return name === undefined || name === '' ? undefined : `${slice.metadata.namespace}/${name}`
}

/** Services that another proxy looks after, that have no address, or that only name another host. */
export function isProxied(service: Service): boolean {
  const labels = service.metadata.labels ?? {}
  if ('service.kubernetes.io/service-proxy-name' in labels || 'service.kubernetes.io/headless' in labels) return false
  return service.spec.type !== 'ExternalName' && addressesOf(service).some((address) => address !== 'None')
}

const addressesOf = ({ spec }: Service): readonly string[] =>
  spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : []

const isOf = (family: Family, address: string): boolean => (family === 'ip' ? isIPv4(address) : isIPv6(address))

export function serviceRules(service: Service, slices: readonly EndpointSlice[], place: Place): ServiceRules {
  if (!isProxied(service)) return noRules
  const clusterAddresses = addressesOf(service).filter(
    (address) => isOf(place.family, address) && !place.leaveAlone?.includes(address),
  )
  const ports = (service.spec.ports ?? []).map((port) => portRules(service, port, clusterAddresses, slices, place))
  return {
    frontends: ports.flatMap((rules) => rules.frontends),
    firewalls: ports.flatMap((rules) => rules.firewalls),
    clusterAddresses,
    localAddresses: [...new Set(ports.flatMap((rules) => rules.localAddresses))],
  }
}

const defaultAffinitySeconds = 10_800

function portRules(
  service: Service,
  port: ServicePort,
  clusterAddresses: readonly string[],
  slices: readonly EndpointSlice[],
  place: Place,
): Omit<ServiceRules, 'clusterAddresses'> {
  const { spec } = service
  const protocol = protocolOf(port.protocol)
  const choice = chooseTargets(port, slices, place)
  const common = {
    protocol,
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP'
        ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds)
        : undefined,
    // A service that has targets, only not for this traffic, is silent; one that has none says so.
    whenEmpty: choice.any ? 'drop' : 'reject',
  } as const

  const internal = spec.internalTrafficPolicy === 'Local' ? choice.local : choice.cluster
  const frontends: Frontend[] = clusterAddresses.map((address) => ({
    ...common,
    address,
    port: port.port,
    from: 'anywhere',
    masquerade: 'non-pods',
    targets: internal,
  }))

  const external = (address: string, number: number): Frontend[] => {
    const front = { ...common, address, port: number }
    if (spec.externalTrafficPolicy !== 'Local')
      return [{ ...front, from: 'anywhere', masquerade: 'always', targets: choice.cluster }]
    return [
      { ...front, from: 'outside', masquerade: 'never', targets: choice.local },
      // Pods and this node itself take the short way to the whole service, as if they had used the cluster address.
      { ...front, from: 'anywhere', masquerade: 'non-pods', targets: choice.cluster },
    ]
  }

  const balancers = balancerAddresses(service).filter((address) => isOf(place.family, address))
  const externals = (spec.externalIPs ?? []).filter((address) => isOf(place.family, address))
  for (const address of new Set([...externals, ...balancers])) frontends.push(...external(address, port.port))
  if (port.nodePort) frontends.push(...external('node', port.nodePort))

  const ranges = widest(spec.loadBalancerSourceRanges ?? [], place.family)
  const firewalls = spec.loadBalancerSourceRanges?.length
    ? balancers.map((address) => ({ address, protocol, port: port.port, ranges }))
    : []
  return { frontends, firewalls, localAddresses: choice.local.map(({ address }) => address) }
}

/** The ranges of a family without those that lie in another one: nftables takes no overlapping elements. */
export function widest(ranges: readonly string[], family: Family): readonly string[] {
  const wide: string[] = []
  const type = family === 'ip' ? 'ipv4' : 'ipv6'
  const seen = new BlockList()
  const parsed = ranges.map((range) => {
    const [address = '', length] = range.trim().split('/')
    return { address, length: Number(length ?? (family === 'ip' ? 32 : 128)) }
  })
  for (const { address, length } of parsed.sort((a, b) => a.length - b.length)) {
    if (!isOf(family, address) || !(length >= 0 && length <= (family === 'ip' ? 32 : 128))) continue
    if (seen.check(address, type)) continue
    seen.addSubnet(address, length, type)
    wide.push(`${address}/${length}`)
  }
  return wide
}

/** A balancer in mode `Proxy` wants traffic to pass through itself, so its address is not taken over. */
const balancerAddresses = (service: Service): readonly string[] =>
  service.spec.type === 'LoadBalancer'
    ? (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) => (ip && ipMode !== 'Proxy' ? [ip] : []))
    : []

const protocolOf = (protocol: string | undefined): Protocol => (protocol ?? 'TCP').toLowerCase() as Protocol

interface Candidate extends Target {
  readonly endpoint: Endpoint
  readonly ready: boolean
  readonly serving: boolean
  readonly here: boolean
}

interface Choice {
  readonly cluster: readonly Target[]
  readonly local: readonly Target[]
  /** Whether the service has a usable target anywhere. */
  readonly any: boolean
}

function chooseTargets(port: ServicePort, slices: readonly EndpointSlice[], place: Place): Choice {
  const candidates = candidatesOf(port, slices, place)
  const ready = candidates.filter((candidate) => candidate.ready)
  const cluster = usable(hinted(ready, place), candidates)
  const local = usable(
    ready.filter((candidate) => candidate.here),
    candidates.filter((candidate) => candidate.here),
  )
  return { cluster, local, any: cluster.length > 0 }
}

/** The ready ones; where there are none, those that still serve while they terminate. */
const usable = (ready: readonly Candidate[], all: readonly Candidate[]): readonly Target[] =>
  (ready.length > 0 ? ready : all.filter((c) => c.serving && c.endpoint.conditions?.terminating)).map(
    ({ address, port }) => ({ address, port }),
  )

/** All endpoints behind a port, each address and port once (ready wins), in a steady order. */
function candidatesOf(port: ServicePort, slices: readonly EndpointSlice[], place: Place): readonly Candidate[] {
  const found = new Map<string, Candidate>()
  for (const slice of slices) {
    if (slice.addressType !== (place.family === 'ip' ? 'IPv4' : 'IPv6')) continue
    for (const slicePort of slice.ports ?? []) {
      if ((slicePort.name ?? '') !== (port.name ?? '') || !slicePort.port) continue
      if (protocolOf(slicePort.protocol) !== protocolOf(port.protocol)) continue
      for (const endpoint of slice.endpoints ?? []) {
        const address = endpoint.addresses?.[0]
        if (address === undefined || !isOf(place.family, address)) continue
        const ready = endpoint.conditions?.ready ?? true
        const candidate: Candidate = {
          address,
          port: slicePort.port,
          endpoint,
          ready,
          serving: endpoint.conditions?.serving ?? ready,
          here: endpoint.nodeName === place.nodeName,
        }
        const key = `${address}:${slicePort.port}`
        if (!found.get(key)?.ready) found.set(key, candidate)
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, candidate]) => candidate)
}

/** Keeps traffic near when every ready endpoint carries a hint and one of them is for this node or zone. */
function hinted(ready: readonly Candidate[], { nodeName, zone }: Place): readonly Candidate[] {
  const near = (names: (endpoint: Endpoint) => readonly { readonly name: string }[] | undefined, name: string) =>
    ready.every((c) => names(c.endpoint)?.length)
      ? ready.filter((c) => names(c.endpoint)?.some((hint) => hint.name === name))
      : []
  const onNode = near((endpoint) => endpoint.hints?.forNodes, nodeName)
  if (onNode.length > 0) return onNode
  const inZone = zone ? near((endpoint) => endpoint.hints?.forZones, zone) : []
  return inZone.length > 0 ? inZone : ready
}

/** The host ports of a pod that runs on this node. Its clients keep their address. */
export function hostPortRules(pod: Pod, family: Family): ServiceRules {
  const { status, spec } = pod
  const address = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)].find((ip) => ip && isOf(family, ip))
  const over = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  if (address === undefined || over || spec.hostNetwork) return noRules
  const containers = [...(spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always'), ...spec.containers]
  const frontends = containers.flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP, containerPort, protocol }): Frontend[] => {
      const on = hostIP && hostIP !== '0.0.0.0' && hostIP !== '::' ? hostIP : 'node'
      if (!hostPort || (on !== 'node' && !isOf(family, on))) return []
      const target = { address, port: containerPort }
      const front = { address: on, protocol: protocolOf(protocol), port: hostPort, targets: [target] }
      return [{ ...front, from: 'anywhere', masquerade: 'never', whenEmpty: 'reject' }]
    }),
  )
  return frontends.length === 0 ? noRules : { ...noRules, frontends, localAddresses: [address] }
}

/** Targets stay in their places as far as they can, so that a change of one is a change of few map elements. */
export function keepPlaces(before: readonly Target[], wanted: readonly Target[]): readonly Target[] {
  const left = new Map(wanted.map((target) => [targetKey(target), target]))
  const places: (Target | undefined)[] = before.slice(0, wanted.length).map((target) => {
    const key = targetKey(target)
    const kept = left.get(key)
    left.delete(key)
    return kept
  })
  while (places.length < wanted.length) places.push(undefined)
  const rest = left.values()
  return places.map((target) => target ?? rest.next().value!)
}

export const targetKey = ({ address, port }: Target): string => `${address} . ${port}`

/** The same rules with their targets in the places that they had before. */
export function keepAllPlaces(before: ServiceRules | undefined, next: ServiceRules): ServiceRules {
  if (before === undefined) return next
  const old = new Map(before.frontends.map((frontend) => [frontendKey(frontend), frontend.targets]))
  const frontends = next.frontends.map((frontend) => {
    const targets = old.get(frontendKey(frontend))
    return targets === undefined ? frontend : { ...frontend, targets: keepPlaces(targets, frontend.targets) }
  })
  return { ...next, frontends }
}

const frontendKey = ({ address, protocol, port, from }: Frontend): string =>
  `${address} . ${protocol} . ${port} . ${from}`
