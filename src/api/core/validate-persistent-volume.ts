// Volumes of the cluster: one place, a size, ways of access; and what of that never changes.

import { posix } from 'node:path'

import { differences, formatDifferences, sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { PersistentVolumeSpec, PersistentVolumeStatus, VolumeNodeAffinity } from './persistent-volume-types.ts'
import { validateAccessModes, validateClassName, validatePositiveAmount } from './validate-claim.ts'
import { sourceOf, validateVolumeSource } from './validate-persistent-volume-source.ts'
import { validateAmount } from './validate-resources.ts'
import { validateNodeSelector } from './validate-scheduling.ts'
import { optionsAnnotation } from './volume-warnings.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeSpec
  readonly status: PersistentVolumeStatus
}

const path = Path.of('spec')
const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const volumeModes = ['Block', 'Filesystem']

function validateCapacity(capacity: Readonly<Record<string, string>>, at: Path, errors: FieldErrors): void {
  const names = Object.keys(capacity)
  if (names.length === 0) errors.required(at)
  if (capacity.storage === undefined || names.length > 1) errors.notSupported(at, capacity, ['storage'])
  for (const [name, amount] of Object.entries(capacity)) {
    validateAmount(name, amount, at.key(name), errors)
    validatePositiveAmount(amount, at.key(name), errors)
  }
}

function validateAffinity({ required }: VolumeNodeAffinity, at: Path, errors: FieldErrors): void {
  if (required) validateNodeSelector(required, at.child('required'), errors)
  else errors.required(at.child('required'), 'must specify required node constraints')
}

/** The parts of a spec that hold for volumes of the cluster only. */
function validateOfCluster(spec: PersistentVolumeSpec, at: Path, errors: FieldErrors): void {
  const { persistentVolumeReclaimPolicy: policy, volumeMode, nodeAffinity } = spec
  validateCapacity(spec.capacity ?? {}, at.child('capacity'), errors)
  if (policy && !reclaimPolicies.includes(policy)) {
    errors.notSupported(at.child('persistentVolumeReclaimPolicy'), policy, reclaimPolicies)
  }
  if (nodeAffinity) validateAffinity(nodeAffinity, at.child('nodeAffinity'), errors)
  validateClassName(spec.storageClassName, at.child('storageClassName'), errors)
  if (volumeMode && !volumeModes.includes(volumeMode)) {
    errors.notSupported(at.child('volumeMode'), volumeMode, volumeModes)
  }
}

const inlineContext = 'in the context of inline volumes'

/** A volume of a pod that is attached has no claim, no class and no life of its own. */
function validateInline(spec: PersistentVolumeSpec, at: Path, errors: FieldErrors): void {
  const never = `may not be specified ${inlineContext}`
  if (spec.claimRef) errors.forbidden(at.child('claimRef'), never)
  if (Object.keys(spec.capacity ?? {}).length > 0) errors.forbidden(at.child('capacity'), never)
  if (!spec.csi) errors.required(at.child('csi'), `has to be specified ${inlineContext}`)
  const { persistentVolumeReclaimPolicy: policy, volumeMode } = spec
  if (policy && policy !== 'Retain') {
    errors.forbidden(at.child('persistentVolumeReclaimPolicy'), `may only be Retain ${inlineContext}`)
  }
  if (spec.nodeAffinity) errors.forbidden(at.child('nodeAffinity'), never)
  if (spec.storageClassName) errors.forbidden(at.child('storageClassName'), never)
  if (volumeMode && volumeMode !== 'Filesystem') {
    errors.forbidden(at.child('volumeMode'), `may not specify volumeMode other than Filesystem ${inlineContext}`)
  }
}

export function validateVolumeSpec(spec: PersistentVolumeSpec, inline: boolean, at: Path, errors: FieldErrors): void {
  if (!spec.accessModes?.length) errors.required(at.child('accessModes'))
  validateAccessModes(spec.accessModes ?? [], at.child('accessModes'), errors)
  if (inline) validateInline(spec, at, errors)
  else validateOfCluster(spec, at, errors)
  validateVolumeSource(spec, at, errors)
  if (spec.local && !spec.nodeAffinity) {
    errors.required(at.child('nodeAffinity'), 'Local volume requires node affinity')
  }
  if (
    spec.hostPath &&
    posix.normalize(spec.hostPath.path) === '/' &&
    spec.persistentVolumeReclaimPolicy === 'Recycle'
  ) {
    errors.forbidden(at.child('persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'")
  }
  const { volumeAttributesClassName: settings } = spec
  if (settings === undefined) return
  const settingsPath = at.child('volumeAttributesClassName')
  if (settings === '') errors.required(settingsPath, 'an empty string is disallowed')
  else validateClassName(settings, settingsPath, errors)
  if (!spec.csi) errors.required(at.child('csi'), 'has to be specified when using volumeAttributesClassName')
}

const maxPortalCharacters = 64

const withoutMountOptions = ['hostPath', 'local', 'fc', 'flexVolume', 'flocker'] as const

/** Only the annotation is looked at: the field is for whoever mounts the volume to understand. */
function validateMountOptions({ metadata, spec }: Parts, errors: FieldErrors): void {
  if (metadata.annotations?.[optionsAnnotation] === undefined) return
  if (!withoutMountOptions.some((source) => spec[source] !== undefined)) return
  errors.forbidden(`metadata.annotations.${optionsAnnotation}`, 'may not specify mount options for this volume type')
}

export function validateVolume({ metadata, spec, status }: Parts, errors: FieldErrors): void {
  validateVolumeSpec(spec, false, path, errors)
  validateMountOptions({ metadata, spec, status }, errors)
  if (spec.iscsi?.initiatorName === undefined) return
  const { targetPortal = '' } = spec.iscsi
  if (`${metadata.name}:${targetPortal}`.length <= maxPortalCharacters) return
  const most = `Total length of <volume name>:<iscsi.targetPortal> must be under ${maxPortalCharacters} characters`
  errors.invalid(
    path.child('iscsi').child('targetportal'),
    targetPortal,
    `${most} if iscsi.initiatorName is specified.`,
  )
}

export function validateVolumeUpdate({ spec: next }: Parts, { spec: old }: Parts, errors: FieldErrors): void {
  const now = sourceOf(next)
  // The secret for growing may be told later.
  const later = now.csi?.controllerExpandSecretRef && old.csi && !old.csi.controllerExpandSecretRef
  if (later && now.csi) now.csi = { ...now.csi, controllerExpandSecretRef: undefined }
  const changes = differences(sourceOf(old), now, 10)
  if (changes.length > 0) {
    const fixed = 'spec.persistentvolumesource is immutable after creation'
    errors.forbidden(path.child('persistentvolumesource'), `${fixed}\n${formatDifferences(changes)}`)
  }
  if (next.volumeMode !== old.volumeMode) errors.invalid('volumeMode', next.volumeMode, 'field is immutable')
  if (old.nodeAffinity && !sameValue(next.nodeAffinity, old.nodeAffinity)) {
    errors.invalid('nodeAffinity', next.nodeAffinity ?? null, 'field is immutable')
  }
  if (old.volumeAttributesClassName !== undefined && next.volumeAttributesClassName === undefined) {
    const at = path.child('volumeAttributesClassName')
    errors.forbidden(at, 'update from non-nil value to nil is forbidden')
  }
}
