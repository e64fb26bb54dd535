// A pod's spec as a whole, of a pod and of the template of one; what of a pod may change; what its status may say.

import { differences, formatDifferences, sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { dns1123Label, dns1123Subdomain, inRange, ipAddress, nameIsDnsSubdomain, qualifiedName } from '../names.ts'
import type { Container } from './container.ts'
import type { ContainerStatus } from './container-status.ts'
import { qosClassOf } from './pod-qos.ts'
import type { PodResourceClaim, PodSchedulingGate, PodSpec } from './pod-spec.ts'
import type { PodStatus } from './pod-status.ts'
import type { PodTemplateSpec } from './pod-template.ts'
import type { Toleration } from './taint.ts'
import { validateContainers, validateImageSpaces } from './validate-container.ts'
import { validateContainerResources, validatePodResources } from './validate-resources.ts'
import { validateAffinity, validateTolerations, validateTopologySpread } from './validate-scheduling.ts'
import { validatePodSecurityContext } from './validate-security-context.ts'
import { validateVolumes } from './validate-volume.ts'

const maxInt32 = 2 ** 31 - 1
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
}

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
const mirrorOf = 'kubernetes.io/config.mirror'

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

export function validatePodTemplate(template: PodTemplateSpec, path: Path, errors: FieldErrors): void {
  const { metadata, spec } = template
  validateLabels(metadata?.labels ?? {}, path.child('labels'), errors)
  for (const key of Object.keys(metadata?.annotations ?? {})) {
    errors.invalidEach(path.child('annotations'), key, qualifiedName(key.toLowerCase()))
  }
  validatePodAnnotations(metadata ?? {}, spec, path.child('annotations'), errors)
  validatePodSpec(spec, undefined, path.child('spec'), errors)
  if (spec.ephemeralContainers?.length) {
    errors.forbidden(
      path.child('spec').child('ephemeralContainers'),
      'ephemeral containers not allowed in pod template',
    )
  }
}

function validateOnlyAdded(
  next: readonly Toleration[],
  old: readonly Toleration[],
  path: Path,
  errors: FieldErrors,
): void {
  const kept = (toleration: Toleration): boolean =>
    next.some((other) => sameValue({ ...toleration, tolerationSeconds: other.tolerationSeconds }, other))
  if (old.every(kept)) return
  errors.forbidden(path, 'existing toleration can not be modified except its tolerationSeconds')
}

/** Returns false where comparing further makes no sense. */
function validateDeadline(next: PodSpec, old: PodSpec, path: Path, errors: FieldErrors): boolean {
  const { activeDeadlineSeconds: now } = next
  const { activeDeadlineSeconds: before } = old
  if (now === undefined) {
    if (before !== undefined) errors.invalid(path, null, 'must not update from a positive integer to nil value')
    return true
  }
  const complaints = inRange(now, 0, maxInt32)
  errors.invalidEach(path, now, complaints)
  const later = before !== undefined && before < now
  if (later) errors.invalid(path, now, 'must be less than or equal to previous value')
  return complaints.length === 0 && !later
}

const withImagesOf = (next: readonly Container[] = [], old: readonly Container[] = []): Container[] =>
  next.map((container, i) => ({ ...container, image: old[i]?.image }))

/** A pod that is held back may still narrow down where it will run. */
function withGatedChanges(next: PodSpec, old: PodSpec, path: Path, errors: FieldErrors): PodSpec {
  if (!old.schedulingGates?.length) return next
  const kept = { ...next, nodeSelector: old.nodeSelector }
  const lost = Object.entries(old.nodeSelector ?? {}).some(([key, value]) => next.nodeSelector?.[key] !== value)
  if (lost) {
    const only = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
    errors.invalid(path.child('nodeSelector'), next.nodeSelector, only)
  }
  const before = old.affinity?.nodeAffinity
  if (sameValue(before, next.affinity?.nodeAffinity)) return kept
  const terms = before?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const now = next.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const termsPath = path
    .child('affinity')
    .child('nodeAffinity')
    .child('requiredDuringSchedulingIgnoredDuringExecution')
    .child('nodeSelectorTerms')
  if (terms.length > 0 && terms.length !== now.length) {
    errors.invalid(termsPath, now, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')
  } else {
    terms.forEach((term, i) => {
      const grown = (['matchExpressions', 'matchFields'] as const).every((field) =>
        sameValue(term[field], now[i]?.[field]?.slice(0, term[field]?.length ?? 0)),
      )
      if (!grown) errors.invalid(termsPath.index(i), now[i], 'only additions are allowed (no mutations or deletions)')
    })
  }
  const { nodeAffinity: _, ...others } = next.affinity ?? {}
  const affinity = { ...others, ...(before ? { nodeAffinity: before } : {}) }
  return { ...kept, affinity: old.affinity || Object.keys(affinity).length > 0 ? affinity : undefined }
}

const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')
const maxDifferences = 8

export function validatePodUpdate(
  { spec: next, metadata }: PodParts,
  { spec: old, metadata: oldMetadata }: PodParts,
  errors: FieldErrors,
): void {
  const path = Path.of('spec')
  validateMirrorUpdate(metadata, oldMetadata, errors)
  for (const field of ['containers', 'initContainers'] as const) {
    if ((next[field]?.length ?? 0) === (old[field]?.length ?? 0)) continue
    errors.forbidden(path.child(field), 'pod updates may not add or remove containers')
    return
  }
  if (!validateDeadline(next, old, path.child('activeDeadlineSeconds'), errors)) return
  validateOnlyAdded(next.tolerations ?? [], old.tolerations ?? [], path.child('tolerations'), errors)
  const gates = new Set((old.schedulingGates ?? []).map(({ name }) => name))
  next.schedulingGates?.forEach(({ name }, i) => {
    if (gates.has(name)) return
    const only = `only deletion is allowed, but found new scheduling gate '${name}'`
    errors.forbidden(path.child('schedulingGates').index(i).child('name'), only)
  })
  const { terminationGracePeriodSeconds: grace } = next
  const { terminationGracePeriodSeconds: oldGrace } = old
  const unchanged: PodSpec = {
    ...withGatedChanges(next, old, path, errors),
    containers: withImagesOf(next.containers, old.containers),
    initContainers: withImagesOf(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
    terminationGracePeriodSeconds: oldGrace !== undefined && oldGrace < 0 && grace === 1 ? oldGrace : grace,
  }
  const changes = differences(old, unchanged, maxDifferences)
  if (changes.length === 0) return
  errors.forbidden(path, `pod updates may not change fields other than ${changeable}\n${formatDifferences(changes)}`)
}

function validateMirrorUpdate(
  { annotations: next = {} }: ObjectMeta,
  { annotations: old = {} }: ObjectMeta,
  errors: FieldErrors,
): void {
  const at = Path.of('metadata').child('annotations').key(mirrorOf)
  if (old[mirrorOf] !== undefined && next[mirrorOf] !== old[mirrorOf]) {
    errors.forbidden(at, 'may not remove or update mirror pod annotation')
  } else if (old[mirrorOf] === undefined && next[mirrorOf] !== undefined) {
    errors.forbidden(at, 'may not add mirror pod annotation')
  }
}

/** Who is done for good stays so. */
function validateEnded(
  next: readonly ContainerStatus[] = [],
  old: readonly ContainerStatus[] = [],
  mayRestart: (status: ContainerStatus) => boolean,
  path: Path,
  errors: FieldErrors,
): void {
  old.forEach((before, i) => {
    if (!before.state?.terminated || mayRestart(before)) return
    const now = next.find(({ name }) => name === before.name)
    if (!now || now.state?.terminated) return
    errors.forbidden(path.index(i).child('state'), 'may not be transitioned to non-terminated state')
  })
}

function validateIPs(field: string, ips: readonly { readonly ip: string }[] | undefined, errors: FieldErrors): void {
  const path = Path.of('status').child(field)
  const all = ips ?? []
  all.forEach(({ ip }, i) => {
    errors.invalidEach(path.index(i), ip, ipAddress(ip))
  })
  if (all.length < 2) return
  const families = new Set(all.map(({ ip }) => ip.includes(':')))
  if (families.size < 2 || all.length > 2) {
    errors.invalid(path, all, 'may specify no more than one IP for each IP family')
  }
}

export function validatePodStatus(
  { spec, status: next }: PodParts,
  { spec: oldSpec, status: old }: PodParts,
  errors: FieldErrors,
): void {
  const path = Path.of('status')
  if ((spec.nodeName ?? '') !== (oldSpec.nodeName ?? '')) {
    errors.forbidden(path.child('nodeName'), 'may not be changed directly')
  }
  if (next.nominatedNodeName !== old.nominatedNodeName) {
    validateName(next.nominatedNodeName, path.child('nominatedNodeName'), errors)
  }
  if (next.qosClass !== old.qosClass) errors.invalid(path.child('qosClass'), next.qosClass, 'field is immutable')
  const { restartPolicy } = oldSpec
  const rules = new Map(
    [...(oldSpec.containers ?? []), ...(oldSpec.initContainers ?? [])].map((one) => [one.name, one]),
  )
  const again = (status: ContainerStatus): boolean => {
    const own = rules.get(status.name)
    if (own?.restartPolicyRules?.length) return true
    const policy = own?.restartPolicy ?? restartPolicy
    return policy === 'Always' || (policy === 'OnFailure' && status.state.terminated?.exitCode !== 0)
  }
  const ended = (field: 'containerStatuses' | 'initContainerStatuses', may: typeof again) =>
    validateEnded(next[field], old[field], may, path.child(field), errors)
  ended('containerStatuses', again)
  ended('initContainerStatuses', (status) => restartPolicy === 'Always' || again(status))
  const ephemeral = path.child('ephemeralContainerStatuses')
  validateEnded(next.ephemeralContainerStatuses, old.ephemeralContainerStatuses, () => false, ephemeral, errors)
  validateIPs('podIPs', next.podIPs, errors)
  validateIPs('hostIPs', next.hostIPs, errors)
}

function validateNotStatic({ annotations = {} }: ObjectMeta, what: string, errors: FieldErrors): boolean {
  if (annotations[mirrorOf] === undefined) return true
  errors.forbidden('', what)
  return false
}

/** The subresource `ephemeralcontainers`: what is there stays as it is. */
export function validateEphemeralUpdate(
  { spec: next }: PodParts,
  { spec: old, metadata }: PodParts,
  errors: FieldErrors,
): void {
  if (!validateNotStatic(metadata, 'static pods do not support ephemeral containers', errors)) return
  const path = Path.of('spec').child('ephemeralContainers')
  for (const before of old.ephemeralContainers ?? []) {
    const now = next.ephemeralContainers?.find(({ name }) => name === before.name)
    const named = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`
    if (!now) {
      errors.forbidden(path, `${named} removed\n`)
      continue
    }
    const changes = differences(before, now, maxDifferences)
    if (changes.length > 0) errors.forbidden(path, `${named} changed\n${formatDifferences(changes)}`)
  }
}

const resizable = ['cpu', 'memory']

function withResourcesOf(next: Container, old: Container | undefined): Container {
  const take = (field: 'limits' | 'requests') => {
    const amounts = { ...next.resources[field] }
    for (const name of resizable) {
      const before = old?.resources[field]?.[name]
      if (before === undefined) delete amounts[name]
      else amounts[name] = before
    }
    return Object.keys(amounts).length > 0 ? { [field]: amounts } : {}
  }
  const { limits: _, requests: __, ...others } = next.resources
  return { ...next, resources: { ...others, ...take('limits'), ...take('requests') } }
}

/** The subresource `resize`: only CPU and memory, and never to another quality of service. */
export function validateResize({ spec: next }: PodParts, { spec: old, metadata }: PodParts, errors: FieldErrors): void {
  if (!validateNotStatic(metadata, 'static pods cannot be resized', errors)) return
  const path = Path.of('spec')
  if (qosClassOf(old) !== qosClassOf(next)) {
    errors.invalid(path, qosClassOf(next), 'Pod QOS Class may not change as a result of resizing')
  }
  const fields = ['containers', 'initContainers'] as const
  for (const field of fields) {
    old[field]?.forEach((before, i) => {
      const now = next[field]?.[i]
      for (const list of ['requests', 'limits'] as const) {
        const gone = Object.keys(before.resources[list] ?? {}).some(
          (name) => now?.resources[list]?.[name] === undefined,
        )
        const at = path.child(field).index(i).child('resources').child(list)
        if (gone) errors.forbidden(at, `resource ${list} cannot be removed`)
      }
    })
  }
  const unchanged: PodSpec = {
    ...next,
    containers: next.containers.map((container, i) => withResourcesOf(container, old.containers[i])),
    initContainers: next.initContainers?.map((container, i) =>
      container.restartPolicy === 'Always' ? withResourcesOf(container, old.initContainers?.[i]) : container,
    ),
  }
  if (!sameValue(old, unchanged)) errors.forbidden(path, 'only cpu and memory resources are mutable')
}
