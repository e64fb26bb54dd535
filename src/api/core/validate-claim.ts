// What may be asked for in a claim of storage, be it an object of its own or a part of a pod.

import type { FieldErrors, Path } from '../field-errors.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { dns1123Subdomain, nameIsDnsLabel, nameIsDnsSubdomain } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type { PersistentVolumeClaimSpec } from './persistent-volume-claim-types.ts'
import type { TypedObjectReference } from './reference.ts'

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

/** For claims and volumes alike: modes that are known, and the one for a single pod only alone. */
export function validateAccessModes(modes: readonly string[], path: Path, errors: FieldErrors): void {
  for (const mode of modes) if (!accessModes.includes(mode)) errors.notSupported(path, mode, accessModes)
  const known = new Set(modes.filter((mode) => accessModes.includes(mode)))
  if (known.has('ReadWriteOncePod') && known.size > 1) {
    errors.forbidden(path, 'may not use ReadWriteOncePod with other access modes')
  }
}

export function validatePositiveAmount(amount: string, path: Path, errors: FieldErrors): void {
  if (Quantity.parse(amount).sign <= 0) errors.invalid(path, amount, 'must be greater than zero')
}

export function validateClassName(name: string | undefined, path: Path, errors: FieldErrors): void {
  if (name) errors.invalidEach(path, name, nameIsDnsSubdomain(name, false))
}

function validateSource(source: TypedObjectReference, path: Path, errors: FieldErrors): void {
  const { apiGroup, kind, name, namespace } = source
  if (!name) errors.required(path.child('name'))
  if (!kind) errors.required(path.child('kind'))
  if (apiGroup) errors.invalidEach(path.child('apiGroup'), apiGroup, dns1123Subdomain(apiGroup))
  else if (kind !== 'PersistentVolumeClaim') {
    errors.invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
  }
  if (namespace) errors.invalidEach(path.child('namespace'), namespace, nameIsDnsLabel(namespace, false))
}

function validateSources(spec: PersistentVolumeClaimSpec, path: Path, errors: FieldErrors): void {
  const { dataSource: source, dataSourceRef: reference } = spec
  const at = path.child('dataSource')
  if (source) validateSource(source, at, errors)
  if (reference) validateSource(reference, path.child('dataSourceRef'), errors)
  if (!source || !reference) return
  // Upstream tells the path as the value, too.
  if (reference.namespace) {
    errors.invalid(path, String(at), 'may not be specified when dataSourceRef.namespace is specified')
  } else if (
    source.apiGroup !== reference.apiGroup ||
    source.kind !== reference.kind ||
    source.name !== reference.name
  ) {
    errors.invalid(path, String(at), 'must match dataSourceRef')
  }
}

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: Path, errors: FieldErrors): void {
  const { accessModes: modes = [], selector, resources } = spec
  if (modes.length === 0) errors.required(path.child('accessModes'), 'at least 1 access mode is required')
  if (selector) validateLabelSelector(selector, path.child('selector'), errors)
  validateAccessModes(modes, path.child('accessModes'), errors)
  const size = resources?.requests?.storage
  const sizePath = path.child('resources').key('storage')
  if (size === undefined) errors.required(sizePath)
  else validatePositiveAmount(size, sizePath, errors)
  validateClassName(spec.storageClassName, path.child('storageClassName'), errors)
  validateSources(spec, path, errors)
  validateClassName(spec.volumeAttributesClassName, path.child('volumeAttributesClassName'), errors)
}
