// A pod's spec as a whole: of a pod, and of the template of one, for which fewer rules hold.

import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { dns1123Label, dns1123Subdomain, inRange, ipAddress, nameIsDnsSubdomain, qualifiedName } from '../names.ts'
import type { PodResourceClaim, PodSchedulingGate, PodSpec } from './pod-spec.ts'
import type { PodStatus } from './pod-status.ts'
import type { PodTemplateSpec } from './pod-template-types.ts'
import { validateContainers, validateImageSpaces } from './validate-container.ts'
import { validateForSystem } from './validate-os.ts'
import { validateContainerResources, validatePodResources } from './validate-resources.ts'
import { validateAffinity, validateTolerations, validateTopologySpread } from './validate-scheduling.ts'
import { validatePodSecurityContext } from './validate-security-context.ts'
import { validateVolumes } from './validate-volume.ts'

export const maxInt32 = 2 ** 31 - 1
const none: ReadonlySet<string> = new Set()

function validateName(name: string | undefined, path: Path, errors: FieldErrors): void {
  if (name) errors.invalidEach(path, name, nameIsDnsSubdomain(name, false))
}

const maxNameservers = 3
const maxSearchPaths = 32
const maxSearchCharacters = 2048
const searchPath = /^[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?(\.[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?)*$/

function validateDns({ dnsPolicy, dnsConfig }: PodSpec, path: Path, errors: FieldErrors): void {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) {
      errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')
      return
    }
    if (!dnsConfig.nameservers?.length) {
      const one = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
      errors.required(path.child('nameservers'), one)
      return
    }
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {}
  if (nameservers.length > maxNameservers) {
    const most = `must not have more than ${maxNameservers} nameservers`
    errors.invalid(path.child('nameservers'), nameservers, most)
  }
  nameservers.forEach((server, i) => {
    errors.invalidEach(path.child('nameservers').index(i), server, ipAddress(server))
  })
  const searchesPath = path.child('searches')
  if (searches.length > maxSearchPaths) {
    errors.invalid(searchesPath, searches, `must not have more than ${maxSearchPaths} search paths`)
  }
  if (searches.join(' ').length > maxSearchCharacters) {
    const most = `must not have more than ${maxSearchCharacters} characters (including spaces) in the search list`
    errors.invalid(searchesPath, searches, most)
  }
  searches.forEach((search, i) => {
    const domain = search.replace(/\.$/, '')
    if (search === '.' || searchPath.test(domain)) return
    errors.invalidEach(searchesPath.index(i), domain, dns1123Subdomain(domain))
  })
  options.forEach((option, i) => {
    if (!option.name) errors.required(path.child('options').index(i), 'must not be empty')
  })
}

/** A pod on its host's network has the host's ports and no others. */
function validateHostNetwork(spec: PodSpec, isPod: boolean, path: Path, errors: FieldErrors): void {
  if (!spec.hostNetwork) return
  spec.containers?.forEach((container, c) => {
    container.ports?.forEach(({ hostPort = 0, containerPort }, p) => {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) return
      const at = path.child('containers').index(c).child('ports').index(p).child('hostPort')
      errors.invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true')
    })
  })
}

function validateHostUsers(spec: PodSpec, path: Path, errors: FieldErrors): void {
  if (spec.hostUsers !== false) return
  const when = 'when `pod.Spec.HostUsers` is false'
  if (spec.hostNetwork) errors.forbidden(path.child('hostNetwork'), when)
  if (spec.hostPID) errors.forbidden(path.child('HostPID'), when)
  if (spec.hostIPC) errors.forbidden(path.child('HostIPC'), when)
}

function validateResourceClaims(claims: readonly PodResourceClaim[], path: Path, errors: FieldErrors): void {
  const names = new Set<string>()
  claims.forEach((claim, i) => {
    const at = path.index(i)
    const { name, resourceClaimName: direct, resourceClaimTemplateName: template } = claim
    if (!name) errors.required(at.child('name'))
    else if (names.has(name)) errors.duplicate(at.child('name'), name)
    else errors.invalidEach(at.child('name'), name, dns1123Label(name))
    names.add(name)
    if (direct !== undefined && template !== undefined) {
      const most = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'
      errors.invalid(at, claim, most)
    } else if (direct === undefined && template === undefined) {
      errors.invalid(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`')
    }
    validateName(direct, at.child('resourceClaimName'), errors)
    validateName(template, at.child('resourceClaimTemplateName'), errors)
  })
}

function validateGates(gates: readonly PodSchedulingGate[], path: Path, errors: FieldErrors): void {
  const seen = new Set<string>()
  gates.forEach(({ name = '' }, i) => {
    errors.invalidEach(path.index(i), name, qualifiedName(name))
    if (seen.has(name)) errors.duplicate(path.index(i), name)
    seen.add(name)
  })
}

function validateIdentity(spec: PodSpec, path: Path, errors: FieldErrors): void {
  validateName(spec.serviceAccountName, path.child('serviceAccountName'), errors)
  validateName(spec.nodeName, path.child('nodeName'), errors)
  const { activeDeadlineSeconds: deadline } = spec
  if (deadline !== undefined) {
    errors.invalidEach(path.child('activeDeadlineSeconds'), deadline, inRange(deadline, 1, maxInt32))
  }
  for (const field of ['hostname', 'subdomain'] as const) {
    const value = spec[field]
    if (value) errors.invalidEach(path.child(field), value, dns1123Label(value))
  }
}

function validateSystem(spec: PodSpec, path: Path, errors: FieldErrors): void {
  if (!spec.os) return
  const { name } = spec.os
  if (!name) errors.required(path.child('name'), 'cannot be empty')
  else if (name !== 'linux' && name !== 'windows') errors.notSupported(path, name, ['linux', 'windows'])
}

/** As long as Linux lets a host name be. */
const maxHostNameBytes = 64

function validateHostName(spec: PodSpec, path: Path, errors: FieldErrors): void {
  const { hostnameOverride: name } = spec
  if (name === undefined) return
  const at = path.child('hostnameOverride')
  errors.invalidEach(at, name, dns1123Subdomain(name))
  if (name.length > maxHostNameBytes) errors.tooLong(at, maxHostNameBytes)
  if (spec.hostNetwork) errors.forbidden(at, 'may not be specified when `hostNetwork` is true')
  if (spec.setHostnameAsFQDN) errors.forbidden(at, 'may not be specified when `setHostnameAsFQDN` is true')
}

/** `podName` is given for a pod, and is undefined for a template. */
export function validatePodSpec(spec: PodSpec, podName: string | undefined, path: Path, errors: FieldErrors): void {
  const isPod = podName !== undefined
  const volumes = validateVolumes(spec.volumes ?? [], podName, path.child('volumes'), errors)
  validateResourceClaims(spec.resourceClaims ?? [], path.child('resourceClaims'), errors)
  validateContainers(spec, volumes, path, errors)
  if (spec.resources) validatePodResources(spec.resources, spec.containers ?? [], path.child('resources'), errors)
  validateHostNetwork(spec, isPod, path, errors)
  validateLabels(spec.nodeSelector ?? {}, path.child('nodeSelector'), errors)
  validatePodSecurityContext(spec, path.child('securityContext'), errors)
  validateAffinity(spec.affinity, path.child('affinity'), errors)
  validateDns(spec, path.child('dnsConfig'), errors)
  spec.readinessGates?.forEach(({ conditionType = '' }, i) => {
    const at = path.child('readinessGates').index(i).child('conditionType')
    errors.invalidEach(at, conditionType, qualifiedName(conditionType))
  })
  validateGates(spec.schedulingGates ?? [], path.child('schedulingGates'), errors)
  validateTopologySpread(spec.topologySpreadConstraints ?? [], path.child('topologySpreadConstraints'), errors)
  validateHostUsers(spec, path, errors)
  validateIdentity(spec, path, errors)
  validateTolerations(spec.tolerations ?? [], path.child('tolerations'), errors)
  spec.hostAliases?.forEach(({ ip = '', hostnames = [] }, i) => {
    const at = path.child('hostAliases').index(i)
    errors.invalidEach(at.child('ip'), ip, ipAddress(ip))
    hostnames.forEach((name, h) => {
      errors.invalidEach(at.child('hostnames').index(h), name, dns1123Subdomain(name))
    })
  })
  validateName(spec.priorityClassName, path.child('priorityClassName'), errors)
  validateName(spec.runtimeClassName, path.child('runtimeClassName'), errors)
  if (spec.overhead) validateContainerResources({ limits: spec.overhead }, none, path.child('overhead'), errors)
  validateSystem(spec, path.child('os'), errors)
  validateForSystem(spec, path, errors)
  validateHostName(spec, path, errors)
}

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
export const mirrorOf = 'kubernetes.io/config.mirror'

export interface PodParts {
  readonly metadata: ObjectMeta
  spec: PodSpec
  status: PodStatus
}

export function validatePodAnnotations(metadata: ObjectMeta, spec: PodSpec, path: Path, errors: FieldErrors): void {
  const annotations = metadata.annotations ?? {}
  const mirror = annotations[mirrorOf]
  if (mirror !== undefined && !spec.nodeName) {
    errors.invalid(path.key(mirrorOf), mirror, 'must set spec.nodeName if mirror pod annotation is set')
  }
  const cost = annotations[deletionCost]
  if (cost !== undefined && !/^(0|-?[1-9][0-9]{0,9})$/.test(cost)) {
    errors.invalid(path.key(deletionCost), cost, 'must be a 32bit integer')
  }
}

export function validatePod(pod: PodParts, errors: FieldErrors): void {
  const { metadata, spec } = pod
  const path = Path.of('spec')
  validatePodAnnotations(metadata, spec, Path.of('metadata').child('annotations'), errors)
  validatePodSpec(spec, metadata.name ?? '', path, errors)
  if (!spec.serviceAccountName) {
    spec.volumes?.forEach((volume, v) => {
      volume.projected?.sources?.forEach((source, s) => {
        if (!source.serviceAccountToken) return
        const at = path.child('volumes').index(v).child('projected').child('sources').index(s)
        const when = 'must not be specified when serviceAccountName is not set'
        errors.forbidden(at.child('serviceAccountToken'), when)
      })
    })
  }
  for (const field of ['containers', 'initContainers'] as const) {
    spec[field]?.forEach((container, i) => {
      validateImageSpaces(container, path.child(field).index(i), errors)
    })
  }
}

export function validateNewPod({ spec }: PodParts, errors: FieldErrors): void {
  if (spec.ephemeralContainers?.length) errors.forbidden('spec.ephemeralContainers', 'cannot be set on create')
  if (spec.nodeName && spec.schedulingGates?.length) {
    errors.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')
  }
}

/** Labels and annotations alone. */
export function validatePodTemplateMeta(template: PodTemplateSpec, path: Path, errors: FieldErrors): void {
  const { metadata, spec } = template
  validateLabels(metadata?.labels ?? {}, path.child('labels'), errors)
  for (const key of Object.keys(metadata?.annotations ?? {})) {
    errors.invalidEach(path.child('annotations'), key, qualifiedName(key.toLowerCase()))
  }
  validatePodAnnotations(metadata ?? {}, spec, path.child('annotations'), errors)
}

export function validatePodTemplate(template: PodTemplateSpec, path: Path, errors: FieldErrors): void {
  const { spec } = template
  validatePodTemplateMeta(template, path, errors)
  validatePodSpec(spec, undefined, path.child('spec'), errors)
  if (spec.ephemeralContainers?.length) {
    errors.forbidden(
      path.child('spec').child('ephemeralContainers'),
      'ephemeral containers not allowed in pod template',
    )
  }
}
