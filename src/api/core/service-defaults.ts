// Defaults of a service that depend on more than one field, and what an update keeps of the values that the
// server gave: who replaces a service without naming its cluster address means to keep it.

import type { ServiceSpec, ServiceStatus } from './service-types.ts'

export const needsClusterIP = ({ type }: ServiceSpec): boolean => type !== 'ExternalName'

export const needsNodePort = (spec: ServiceSpec): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

export const needsHealthCheckNodePort = (spec: ServiceSpec): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

/** Reachable from outside the cluster, so that a policy for traffic from there has a meaning. */
export const externallyAccessible = (spec: ServiceSpec): boolean =>
  spec.type === 'LoadBalancer' ||
  spec.type === 'NodePort' ||
  (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)

const clientIPTimeoutSeconds = 10800

export function defaultService({ spec, status }: { readonly spec: ServiceSpec; readonly status: ServiceStatus }): void {
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {}
    spec.sessionAffinityConfig.clientIP ??= {}
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= clientIPTimeoutSeconds
  } else if (spec.sessionAffinity === 'None') {
    delete spec.sessionAffinityConfig
  }
  for (const port of spec.ports ?? []) port.targetPort ||= port.port
  if (externallyAccessible(spec)) spec.externalTrafficPolicy ||= 'Cluster'
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true
    for (const ingress of status.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP'
  }
}

const sameList = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i])

const sameClusterIPs = (a: ServiceSpec, b: ServiceSpec): boolean =>
  a.clusterIP === b.clusterIP && sameList(a.clusterIPs, b.clusterIPs)

/** `clusterIP` and the first of `clusterIPs` are one value under two names; who changes one means both. */
export function normalizeClusterIPs(next: ServiceSpec, old?: ServiceSpec): void {
  if (!old) {
    if (next.clusterIP && !next.clusterIPs?.length) next.clusterIPs = [next.clusterIP]
    return
  }
  // An old client clears or changes the singular field, and does not know the plural one.
  if (next.clusterIP === old.clusterIP || !sameList(next.clusterIPs, old.clusterIPs)) return
  if (!next.clusterIP) delete next.clusterIPs
  else next.clusterIPs = [next.clusterIP]
}

function keepNodePorts(next: ServiceSpec, old: ServiceSpec): void {
  const before = new Set((old.ports ?? []).map((port) => port.nodePort).filter(Boolean))
  const used = new Set((next.ports ?? []).map((port) => port.nodePort).filter((port) => before.has(port)))
  const byName = new Map((old.ports ?? []).map((port) => [port.name ?? '', port.nodePort]))
  for (const port of next.ports ?? []) {
    const kept = byName.get(port.name ?? '')
    if (port.nodePort || !kept || used.has(kept)) continue
    port.nodePort = kept
    used.add(kept)
  }
}

/** Fills in what the server once allocated and the client left out. */
export function keepAllocated(next: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIP(old) && needsClusterIP(next)) {
    if (!next.clusterIP && old.clusterIP) next.clusterIP = old.clusterIP
    if (!next.clusterIPs?.length && next.clusterIP === old.clusterIP && old.clusterIPs) next.clusterIPs = old.clusterIPs
  }
  if (needsNodePort(old) && needsNodePort(next)) keepNodePorts(next, old)
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(next)) {
    if (!next.healthCheckNodePort && old.healthCheckNodePort) next.healthCheckNodePort = old.healthCheckNodePort
  }
}

/** Drops what belonged to the old type, if the client merely left it as it was. */
export function dropOfOldType(next: ServiceSpec, old: ServiceSpec): void {
  if (needsClusterIP(old) && !needsClusterIP(next)) {
    if (sameClusterIPs(old, next)) {
      delete next.clusterIP
      delete next.clusterIPs
    }
    if (sameList(old.ipFamilies, next.ipFamilies)) delete next.ipFamilies
    if (old.ipFamilyPolicy === next.ipFamilyPolicy) delete next.ipFamilyPolicy
    if (old.internalTrafficPolicy === next.internalTrafficPolicy) delete next.internalTrafficPolicy
  }
  const ports = (spec: ServiceSpec) => (spec.ports ?? []).map((port) => port.nodePort ?? 0)
  if (needsNodePort(old) && !needsNodePort(next) && sameList(ports(old), ports(next))) {
    for (const port of next.ports ?? []) delete port.nodePort
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(next)) {
    if (old.healthCheckNodePort === next.healthCheckNodePort) delete next.healthCheckNodePort
  }
  if (old.type === 'LoadBalancer' && next.type !== 'LoadBalancer') {
    if (old.allocateLoadBalancerNodePorts === next.allocateLoadBalancerNodePorts) {
      delete next.allocateLoadBalancerNodePorts
    }
    if (old.loadBalancerClass === next.loadBalancerClass) delete next.loadBalancerClass
  }
  if (externallyAccessible(old) && !externallyAccessible(next)) {
    if (old.externalTrafficPolicy === next.externalTrafficPolicy) delete next.externalTrafficPolicy
  }
}

export function prepareServiceForUpdate(next: ServiceSpec, old: ServiceSpec): void {
  normalizeClusterIPs(next, old)
  keepAllocated(next, old)
  dropOfOldType(next, old)
}
