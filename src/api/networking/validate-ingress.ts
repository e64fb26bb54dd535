// Ingresses: hosts that are names, paths that cannot be read in two ways, and exactly one backend for each.

import type { TypedLocalObjectReference } from '../core/reference.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import {
  dns1123Subdomain,
  ipAddress,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  pathSegment,
  portName,
  portNumber,
  wildcardDns1123Subdomain,
} from '../names.ts'
import { parseAddress } from './address.ts'
import type {
  HTTPIngressPath,
  IngressBackend,
  IngressRule,
  IngressServiceBackend,
  IngressSpec,
  IngressStatus,
  IngressTLS,
} from './ingress-types.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: IngressSpec
  readonly status: IngressStatus
}

const path = Path.of('spec')
const notAnAddress = 'must be a DNS name, not an IP address'

export function validateReference(
  reference: Pick<TypedLocalObjectReference, 'apiGroup' | 'kind' | 'name'>,
  at: Path,
  errors: FieldErrors,
): void {
  const { apiGroup } = reference
  if (apiGroup !== undefined) errors.invalidEach(at.child('apiGroup'), apiGroup, dns1123Subdomain(apiGroup))
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field]
    if (!value) errors.required(at.child(field))
    else errors.invalidEach(at.child(field), value, pathSegment(value))
  }
}

function validateService({ name, port }: IngressServiceBackend, at: Path, errors: FieldErrors): void {
  const service = at.child('service')
  if (!name) errors.required(service.child('name'))
  else errors.invalidEach(service.child('name'), name, nameIsDnsLabel(name, false))
  const { name: byName, number } = port
  if (byName && number) errors.invalid(at, '', 'cannot set both port name & port number')
  else if (byName) errors.invalidEach(service.child('port').child('name'), byName, portName(byName))
  else if (number) errors.invalidEach(service.child('port').child('number'), number, portNumber(number))
  else errors.required(at, 'port name or number is required')
}

function validateBackend({ resource, service }: IngressBackend, at: Path, errors: FieldErrors): void {
  if (resource && service) errors.invalid(at, '', 'cannot set both resource and service backends')
  else if (resource) validateReference(resource, at.child('resource'), errors)
  else if (service) validateService(service, at, errors)
  else errors.invalid(at, '', 'resource or service backend is required')
}

const ambiguousParts = ['//', '/./', '/../', '%2f', '%2F']
const ambiguousEnds = ['/..', '/.']
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

function validatePath({ path: url = '', pathType, backend }: HTTPIngressPath, at: Path, errors: FieldErrors): void {
  if (pathType === undefined) {
    errors.required(at.child('pathType'), 'pathType must be specified')
    return
  }
  const urlPath = at.child('path')
  const absolute = url.startsWith('/')
  if (!pathTypes.includes(pathType)) errors.notSupported(at.child('pathType'), pathType, pathTypes)
  else if (pathType === 'ImplementationSpecific') {
    if (url !== '' && !absolute) errors.invalid(urlPath, url, 'must be an absolute path')
  } else {
    if (!absolute) errors.invalid(urlPath, url, 'must be an absolute path')
    for (const part of ambiguousParts)
      if (url.includes(part)) errors.invalid(urlPath, url, `must not contain '${part}'`)
    for (const end of ambiguousEnds) if (url.endsWith(end)) errors.invalid(urlPath, url, `cannot end with '${end}'`)
  }
  validateBackend(backend, at.child('backend'), errors)
}

function validateHost(host: string, at: Path, errors: FieldErrors): void {
  const rule = host.includes('*') ? wildcardDns1123Subdomain : dns1123Subdomain
  errors.invalidEach(at, host, rule(host))
}

function validateRule({ host, http }: IngressRule, at: Path, errors: FieldErrors): void {
  if (host) {
    if (parseAddress(host)) errors.invalid(at.child('host'), host, notAnAddress)
    validateHost(host, at.child('host'), errors)
  }
  if (!http) return
  const paths = at.child('http').child('paths')
  if (!http.paths?.length) errors.required(paths)
  http.paths?.forEach((one, i) => {
    validatePath(one, paths.index(i), errors)
  })
}

function validateTls({ hosts = [], secretName = '' }: IngressTLS, at: Path, errors: FieldErrors): void {
  hosts.forEach((host, i) => {
    validateHost(host, at.child('hosts').index(i), errors)
  })
  if (secretName) errors.invalidEach(at.child('secretName'), secretName, nameIsDnsSubdomain(secretName, false))
}

export function validateIngress({ spec }: Parts, errors: FieldErrors): void {
  const { defaultBackend, rules = [], tls = [], ingressClassName } = spec
  if (rules.length === 0 && !defaultBackend) {
    errors.invalid(path, spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified')
  }
  if (defaultBackend) validateBackend(defaultBackend, path.child('defaultBackend'), errors)
  rules.forEach((rule, i) => {
    validateRule(rule, path.child('rules').index(i), errors)
  })
  tls.forEach((one, i) => {
    validateTls(one, path.child('tls').index(i), errors)
  })
  if (ingressClassName === undefined) return
  errors.invalidEach(path.child('ingressClassName'), ingressClassName, nameIsDnsSubdomain(ingressClassName, false))
}

const classAnnotation = 'kubernetes.io/ingress.class'

export function validateNewIngress({ metadata, spec }: Parts, errors: FieldErrors): void {
  const named = metadata.annotations?.[classAnnotation]
  if (named === undefined || spec.ingressClassName === undefined || named === spec.ingressClassName) return
  const both = 'must match `ingressClassName` when both are specified'
  errors.invalid(Path.of('annotations').child(classAnnotation), named, both)
}

export function validateIngressStatus({ status }: Parts, { status: old }: Parts, errors: FieldErrors): void {
  const known = new Set(old.loadBalancer?.ingress?.map(({ ip }) => ip))
  status.loadBalancer?.ingress?.forEach(({ ip, hostname }, i) => {
    const at = Path.of('status').child('loadBalancer').child('ingress').index(i)
    if (ip && !known.has(ip)) errors.invalidEach(at.child('ip'), ip, ipAddress(ip))
    if (!hostname) return
    errors.invalidEach(at.child('hostname'), hostname, dns1123Subdomain(hostname))
    if (parseAddress(hostname)) errors.invalid(at.child('hostname'), hostname, notAnAddress)
  })
}

/** For those who still name the class as it was done before there was a field for it. */
export function ingressWarnings({ metadata }: Pick<Parts, 'metadata'>): readonly string[] {
  const annotation = `annotation ${JSON.stringify(classAnnotation)} is deprecated, please use 'spec.ingressClassName' instead`
  return metadata.annotations?.[classAnnotation] === undefined ? [] : [annotation]
}
