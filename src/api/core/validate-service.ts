// Services: ports, addresses and the policies that go with their type.

import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { cidr, dns1123Label, dns1123Subdomain, ipAddress, portNumber, qualifiedName } from '../names.ts'
import { externallyAccessible, needsHealthCheckNodePort } from './service-defaults.ts'
import type { ServicePort, ServiceSpec, ServiceStatus } from './service-types.ts'
import { validateNonSpecialIP } from './validate-ip.ts'
import { validatePortNumberOrName } from './validate-probe.ts'

const path = Path.of('spec')

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: ServiceSpec
  readonly status: ServiceStatus
}

export const isHeadless = ({ clusterIPs }: ServiceSpec): boolean => clusterIPs?.length === 1 && clusterIPs[0] === 'None'

function validateType(spec: ServiceSpec, errors: FieldErrors): void {
  const { type, ports = [], clusterIPs = [] } = spec
  if (ports.length === 0 && !isHeadless(spec) && type !== 'ExternalName') errors.required(path.child('ports'))
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec)) {
    const never = `may not be set to 'None' for ${type} services`
    errors.invalid(path.child('clusterIPs').index(0), 'None', never)
  }
  if (type !== 'ExternalName') return
  const never = 'may not be set for ExternalName services'
  if (clusterIPs.length > 0) errors.forbidden(path.child('clusterIPs'), never)
  if (spec.ipFamilies?.length) errors.forbidden(path.child('ipFamilies'), never)
  if (spec.ipFamilyPolicy !== undefined) errors.forbidden(path.child('ipFamilyPolicy'), never)
  // The dot at the end only says that the name is complete.
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') errors.required(path.child('externalName'))
  else errors.invalidEach(path.child('externalName'), name, dns1123Subdomain(name))
}

function validatePort(port: ServicePort, several: boolean, names: Set<string>, at: Path, errors: FieldErrors): void {
  const { name, targetPort, appProtocol } = port
  if (several && !name) errors.required(at.child('name'))
  else if (name) {
    errors.invalidEach(at.child('name'), name, dns1123Label(name))
    if (names.has(name)) errors.duplicate(at.child('name'), name)
    names.add(name)
  }
  errors.invalidEach(at.child('port'), port.port ?? 0, portNumber(port.port ?? 0))
  validatePortNumberOrName(targetPort ?? 0, at.child('targetPort'), errors)
  if (appProtocol !== undefined) errors.invalidEach(at.child('appProtocol'), appProtocol, qualifiedName(appProtocol))
}

function validatePorts({ type, ports = [] }: ServiceSpec, errors: FieldErrors): void {
  const names = new Set<string>()
  const at = path.child('ports')
  ports.forEach((port, i) => {
    validatePort(port, ports.length > 1, names, at.index(i), errors)
  })
  const nodePorts = new Set<string>()
  const pairs = new Set<string>()
  ports.forEach(({ nodePort = 0, protocol, port }, i) => {
    const nodePortPath = at.index(i).child('nodePort')
    if (type === 'ClusterIP' && nodePort !== 0) {
      errors.forbidden(nodePortPath, "may not be used when `type` is 'ClusterIP'")
    }
    const onNode = `${protocol}/${nodePort}`
    if (nodePort !== 0 && nodePorts.has(onNode)) errors.duplicate(nodePortPath, nodePort)
    nodePorts.add(onNode)
    const pair = `${protocol}/${port}`
    // Upstream tells the two fields in the shape of a whole port.
    if (pairs.has(pair)) {
      const told = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 }
      errors.duplicate(at.index(i), told)
    }
    pairs.add(pair)
  })
}

const maxAffinitySeconds = 86400

function validateAffinity({ sessionAffinity, sessionAffinityConfig: config }: ServiceSpec, errors: FieldErrors): void {
  if (sessionAffinity !== 'ClientIP') return
  const seconds = config?.clientIP?.timeoutSeconds ?? 0
  if (seconds > 0 && seconds <= maxAffinitySeconds) return
  const at = path.child('sessionAffinityConfig').child('clientIP').child('timeoutSeconds')
  errors.invalid(at, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`)
}

const familyOf = (ip: string): 'IPv4' | 'IPv6' => (ip.includes(':') ? 'IPv6' : 'IPv4')

/** Also for the allocator, after it has filled in what was missing. */
export function validateClusterIPs(spec: ServiceSpec, errors: FieldErrors): void {
  if (spec.type === 'ExternalName') return
  const { clusterIP = '', clusterIPs = [], ipFamilies = [] } = spec
  const at = path.child('clusterIPs')
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) errors.required(at)
    else if (clusterIPs[0] !== clusterIP) errors.invalid(at, clusterIPs, 'first value must match `clusterIP`')
  } else if (clusterIPs.length > 0) {
    errors.invalid(at, clusterIPs, 'must be empty when `clusterIP` is not specified')
  }
  ipFamilies.forEach((family, i) => {
    if (family !== 'IPv4' && family !== 'IPv6') {
      errors.notSupported(path.child('ipFamilies').index(i), family, ['IPv4', 'IPv6'])
    }
    if (ipFamilies.indexOf(family) < i) errors.duplicate(path.child('ipFamilies').index(i), family)
  })
  let wrong = false
  clusterIPs.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (clusterIPs.length === 1) return
      wrong = true
      errors.invalid(at, clusterIPs, "'None' must be the first and only value")
      return
    }
    const complaints = ipAddress(ip)
    wrong ||= complaints.length > 0
    errors.invalidEach(at.index(i), ip, complaints)
  })
  if (clusterIPs.length > 2) errors.invalid(at, clusterIPs, 'may only hold up to 2 values')
  if (wrong || isHeadless(spec)) return
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOf)).size < 2) {
    errors.invalid(at, clusterIPs, 'may specify no more than one IP for each IP family')
  }
  clusterIPs.forEach((ip, i) => {
    const family = ipFamilies[i]
    if (family === undefined || family === familyOf(ip)) return
    errors.invalid(at.index(i), ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)
  })
}

const sourceRanges = 'service.beta.kubernetes.io/load-balancer-source-ranges'

function validateLoadBalancer(spec: ServiceSpec, { annotations = {} }: ObjectMeta, errors: FieldErrors): void {
  const isBalancer = spec.type === 'LoadBalancer'
  const only = "may only be used when `type` is 'LoadBalancer'"
  const ranges = spec.loadBalancerSourceRanges ?? []
  const annotated = annotations[sourceRanges]
  if (ranges.length > 0) {
    // Upstream writes this field with a capital letter.
    const at = path.child('LoadBalancerSourceRanges')
    if (!isBalancer) errors.forbidden(at, only)
    ranges.forEach((range, i) => {
      errors.invalidEach(at.index(i), range.trim(), cidr(range.trim()))
    })
  } else if (annotated !== undefined) {
    const at = Path.of('metadata').child('annotations').key(sourceRanges)
    if (!isBalancer) errors.forbidden(at, only)
    for (const range of annotated.split(',').map((one) => one.trim())) {
      if (range !== '') errors.invalidEach(at, range, cidr(range))
    }
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer) {
    errors.forbidden(path.child('allocateLoadBalancerNodePorts'), only)
  }
  const { loadBalancerClass } = spec
  if (loadBalancerClass === undefined) return
  const at = path.child('loadBalancerClass')
  if (!isBalancer) errors.forbidden(at, only)
  else errors.invalidEach(at, loadBalancerClass, qualifiedName(loadBalancerClass))
}

function validatePolicies(spec: ServiceSpec, errors: FieldErrors): void {
  const { externalTrafficPolicy: external, healthCheckNodePort: health = 0, trafficDistribution } = spec
  if (external && !externallyAccessible(spec)) {
    const only = 'may only be set for externally-accessible services'
    errors.invalid(path.child('externalTrafficPolicy'), external, only)
  }
  if (health !== 0) {
    const at = path.child('healthCheckNodePort')
    const only = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    if (!needsHealthCheckNodePort(spec)) errors.invalid(at, health, only)
    else errors.invalidEach(at, health, portNumber(health))
  }
  const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone']
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution)) {
    errors.notSupported(path.child('trafficDistribution'), trafficDistribution, distributions)
  }
}

export function validateService({ spec, metadata }: Parts, errors: FieldErrors): void {
  validateType(spec, errors)
  validatePorts(spec, errors)
  validateLabels(spec.selector ?? {}, path.child('selector'), errors)
  validateAffinity(spec, errors)
  validateClusterIPs(spec, errors)
  spec.externalIPs?.forEach((ip, i) => {
    const at = path.child('externalIPs').index(i)
    const complaints = ipAddress(ip)
    errors.invalidEach(at, ip, complaints)
    if (complaints.length === 0) validateNonSpecialIP(ip, at, errors)
  })
  validateLoadBalancer(spec, metadata, errors)
  validatePolicies(spec, errors)
}

/** Addresses stay: clients and connections rely on them. A second family may come and go. */
function validateKept(
  field: 'clusterIPs' | 'ipFamilies',
  next: ServiceSpec,
  old: ServiceSpec,
  errors: FieldErrors,
): void {
  const before = old[field] ?? []
  const now = next[field] ?? []
  const at = path.child(field)
  const told = field === 'clusterIPs' ? 'clusterIP' : 'ipFamily'
  if (before.length === now.length) {
    before.forEach((value, i) => {
      if (value !== now[i]) errors.invalid(at.index(field === 'clusterIPs' ? i : 0), now, 'may not change once set')
    })
    return
  }
  if (before.length > now.length && now.length === 0) {
    errors.invalid(at.index(0), now, `primary ${told} can not be unset`)
  }
  if (before.length > 0 && now.length > 0 && before[0] !== now[0]) {
    errors.invalid(at.index(0), now, 'may not change once set')
  }
  if (before.length > now.length && now.length === 1 && next.ipFamilyPolicy !== 'SingleStack') {
    const must = `must be set to 'SingleStack' when releasing the secondary ${told}`
    errors.invalid(path.child('ipFamilyPolicy'), next.ipFamilyPolicy, must)
  }
}

export function validateServiceUpdate({ spec: next }: Parts, { spec: old }: Parts, errors: FieldErrors): void {
  if (next.type !== 'ExternalName' && old.type !== 'ExternalName') {
    const headless = isHeadless(next)
    if (!headless || !isHeadless(old)) validateKept('clusterIPs', next, old, errors)
    if (!headless && !isHeadless(old)) validateKept('ipFamilies', next, old, errors)
  }
  const bothBalancers = next.type === 'LoadBalancer' && old.type === 'LoadBalancer'
  if (bothBalancers && next.loadBalancerClass !== old.loadBalancerClass) {
    errors.invalid(path.child('loadBalancerClass'), next.loadBalancerClass, 'may not change once set')
  }
  if (needsHealthCheckNodePort(next) && needsHealthCheckNodePort(old)) {
    if (next.healthCheckNodePort !== old.healthCheckNodePort) {
      errors.forbidden(path.child('healthCheckNodePort'), 'field is immutable')
    }
  }
}

export function validateServiceStatus({ spec, status }: Parts, _old: Parts, errors: FieldErrors): void {
  const at = Path.of('status').child('loadBalancer').child('ingress')
  const ingresses = status.loadBalancer?.ingress ?? []
  if (ingresses.length > 0 && spec.type !== 'LoadBalancer') {
    errors.forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'")
    return
  }
  ingresses.forEach(({ ip, ipMode, hostname }, i) => {
    const one = at.index(i)
    if (ip) errors.invalidEach(one.child('ip'), ip, ipAddress(ip))
    if (ipMode !== undefined && !ip) errors.forbidden(one.child('ipMode'), 'may not be specified when `ip` is not set')
    else if (ipMode !== undefined && ipMode !== 'VIP' && ipMode !== 'Proxy') {
      errors.notSupported(one.child('ipMode'), ipMode, ['Proxy', 'VIP'])
    }
    if (!hostname) return
    errors.invalidEach(one.child('hostname'), hostname, dns1123Subdomain(hostname))
    if (ipAddress(hostname).length === 0) {
      errors.invalid(one.child('hostname'), hostname, 'must be a DNS name, not an IP address')
    }
  })
}
