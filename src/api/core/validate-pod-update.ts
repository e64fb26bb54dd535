// What of a pod may change: nearly nothing of its spec, of its status what its node reports, and through the
// subresources `ephemeralcontainers` and `resize` only what these are for.

import { differences, formatDifferences, sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { inRange, ipAddress, nameIsDnsSubdomain, qualifiedName } from '../names.ts'
import type { Container } from './container.ts'
import type { ContainerStatus } from './container-status.ts'
import { qosClassOf } from './pod-qos.ts'
import type { PodSpec } from './pod-spec.ts'
import type { Toleration } from './taint.ts'
import { maxInt32, mirrorOf, type PodParts } from './validate-pod.ts'

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

const systemConditions = new Set(['PodScheduled', 'Ready', 'Initialized'])

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
    const name = next.nominatedNodeName
    if (name) errors.invalidEach(path.child('nominatedNodeName'), name, nameIsDnsSubdomain(name, false))
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
  next.conditions?.forEach(({ type }, i) => {
    if (systemConditions.has(type)) return
    // Upstream writes the field with a capital letter.
    errors.invalidEach(path.child('conditions').index(i).child('Type'), type, qualifiedName(type))
  })
  validateIPs('podIPs', next.podIPs, errors)
  validateIPs('hostIPs', next.hostIPs, errors)
}

function validateNotStatic({ annotations = {} }: ObjectMeta, what: string, errors: FieldErrors): boolean {
  if (annotations[mirrorOf] === undefined) return true
  errors.forbidden('[]', what)
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
