// Claims of storage: what is asked for stays as it is, but for the volume that is found once, and the size of a
// claim that has one.

import { differences, formatDifferences, sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { qualifiedName } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type { PersistentVolumeClaimSpec, PersistentVolumeClaimStatus } from './persistent-volume-claim-types.ts'
import { validateClaimSpec } from './validate-claim.ts'
import { validateAmount } from './validate-resources.ts'
import { classAnnotation } from './volume-warnings.ts'

interface Parts {
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeClaimSpec
  readonly status: PersistentVolumeClaimStatus
}

const path = Path.of('spec')

export const validateClaim = ({ spec }: Parts, errors: FieldErrors): void => validateClaimSpec(spec, path, errors)

/** A claim without a class may get one, which must not be another than its annotation says. */
function mayGetClass(next: Parts, old: Parts): boolean {
  const name = next.spec.storageClassName
  const annotated = old.metadata.annotations?.[classAnnotation]
  if (name === undefined || old.spec.storageClassName !== undefined) return false
  return annotated === undefined || name === annotated
}

/** The new spec, with everything that may change put back to what it was. */
function withoutChanges(next: Parts, old: Parts): PersistentVolumeClaimSpec {
  const { spec } = next
  const { spec: before } = old
  const size = before.resources?.requests?.storage
  const bound = next.status.phase === 'Bound' && spec.resources?.requests !== undefined
  const requests = { ...spec.resources?.requests, ...(size === undefined ? {} : { storage: size }) }
  return {
    ...spec,
    volumeName: before.volumeName ? spec.volumeName : before.volumeName,
    storageClassName: mayGetClass(next, old) ? before.storageClassName : spec.storageClassName,
    volumeAttributesClassName: before.volumeAttributesClassName,
    resources: bound ? { ...spec.resources, requests } : spec.resources,
  }
}

const amount = (text: string | undefined): Quantity => (text === undefined ? Quantity.zero : Quantity.parse(text))

/** A wish that could not be met may be taken back, but not to less than there is. */
function validateSize({ spec }: Parts, old: Parts, errors: FieldErrors): void {
  const next = amount(spec.resources?.requests?.storage)
  if (next.compare(amount(old.spec.resources?.requests?.storage)) >= 0) return
  if (next.compare(amount(old.status.capacity?.storage)) > 0) return
  errors.forbidden(
    path.child('resources').child('requests').child('storage'),
    'field can not be less than status.capacity',
  )
}

const immutable =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

export function validateClaimUpdate(next: Parts, old: Parts, errors: FieldErrors): void {
  const annotation = next.metadata.annotations?.[classAnnotation]
  if (annotation !== old.metadata.annotations?.[classAnnotation] && !mayGetClass(next, old)) {
    const at = Path.of('metadata').child('annotations').key(classAnnotation)
    errors.invalid(at, annotation ?? '', 'field is immutable')
  }
  const changes = differences(old.spec, withoutChanges(next, old), 10)
  if (changes.length > 0) errors.forbidden(path, `${immutable}\n${formatDifferences(changes)}`)
  validateSize(next, old, errors)
  if (next.spec.volumeMode !== old.spec.volumeMode) {
    errors.invalid('volumeMode', next.spec.volumeMode, 'field is immutable')
  }
  const { volumeAttributesClassName: now } = next.spec
  const { volumeAttributesClassName: before } = old.spec
  if (before === undefined || now) return
  const gone = now === undefined ? 'nil' : 'an empty string'
  errors.forbidden(path.child('volumeAttributesClassName'), `update from non-nil value to ${gone} is forbidden`)
}

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
].sort()

function validateResourceKey(name: string, at: Path, errors: FieldErrors): boolean {
  const complaints = qualifiedName(name)
  errors.invalidEach(at, name, complaints)
  const native = !name.includes('/') || name.includes('kubernetes.io/')
  if (complaints.length > 0) return false
  if (native && name !== 'storage') errors.notSupported(at, name, ['storage'])
  return !native || name === 'storage'
}

export function validateClaimStatus({ spec, status }: Parts, _old: Parts, errors: FieldErrors): void {
  const at = Path.of('status')
  if (!spec.accessModes?.length) errors.required(Path.of('Spec').child('accessModes'))
  for (const [name, size] of Object.entries(status.capacity ?? {})) {
    validateAmount(name, size, at.child('capacity').key(name), errors)
  }
  for (const [name, one] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    const where = at.child('allocatedResourceStatus')
    validateResourceKey(name, where, errors)
    if (!resizeStatuses.includes(one)) errors.notSupported(where, name, resizeStatuses)
  }
  for (const [name, size] of Object.entries(status.allocatedResources ?? {})) {
    const where = at.child('allocatedResources')
    if (validateResourceKey(name, where, errors)) validateAmount('storage', size, where.key(name), errors)
  }
}

/** The two names of where a volume is filled from stay in step. */
export function normalizeSources(spec: PersistentVolumeClaimSpec): void {
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource }
  if (!dataSourceRef || dataSource || dataSourceRef.namespace) return
  const { namespace: _, ...source } = dataSourceRef
  spec.dataSource = source
}

/** The older name takes only what was known when it was made; anything else it loses without a word. */
export function dropUnknownSource(spec: PersistentVolumeClaimSpec): void {
  const { dataSource } = spec
  if (!dataSource) return
  const { apiGroup = '', kind } = dataSource
  const isClaim = apiGroup === '' && kind === 'PersistentVolumeClaim'
  const isSnapshot = apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot'
  if (!isClaim && !isSnapshot) delete spec.dataSource
}

export const sameSource = (next: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec): boolean =>
  sameValue(next.dataSource, old.dataSource)
