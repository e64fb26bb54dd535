// StatefulSets: a selector of their own pods; and since each pod has a name and storage that stay, little of the
// rest may change.

import { validatePodTemplateMeta } from '../core/validate-pod.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { percentOf } from '../int-or-string.ts'
import { selectsEverything, validateLabelSelector } from '../meta/validate-labels.ts'
import { dns1123Label } from '../names.ts'
import { validateAtMost100Percent, validatePositiveIntOrPercent } from '../validate-numbers.ts'
import type {
  RollingUpdateStatefulSetStrategy,
  StatefulSetPersistentVolumeClaimRetentionPolicy,
  StatefulSetSpec,
  StatefulSetStatus,
  StatefulSetUpdateStrategy,
} from './stateful-set-types.ts'
import { validateSelected } from './validate-template.ts'

interface Parts {
  readonly spec: StatefulSetSpec
  readonly status: StatefulSetStatus
}

const path = Path.of('spec')

function validateBounds(bounds: RollingUpdateStatefulSetStrategy, at: Path, errors: FieldErrors): void {
  validateNonNegative(bounds.partition, at.child('partition'), errors)
  const { maxUnavailable } = bounds
  if (maxUnavailable === undefined) return
  const max = at.child('maxUnavailable')
  validatePositiveIntOrPercent(maxUnavailable, max, errors)
  const number = typeof maxUnavailable === 'number' ? maxUnavailable : (percentOf(maxUnavailable) ?? 0)
  if (number === 0) errors.invalid(max, maxUnavailable, 'cannot be 0')
  validateAtMost100Percent(maxUnavailable, max, errors)
}

function validateStrategy(strategy: StatefulSetUpdateStrategy, at: Path, errors: FieldErrors): void {
  const { type, rollingUpdate } = strategy
  const bounds = at.child('rollingUpdate')
  switch (type) {
    case 'RollingUpdate':
      if (rollingUpdate) validateBounds(rollingUpdate, bounds, errors)
      return
    case 'OnDelete':
    case 'Recreate':
      if (rollingUpdate) errors.invalid(bounds, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")
      return
    default:
      errors.invalid(at, strategy, "must be 'RollingUpdate', 'OnDelete' or 'Recreate'")
  }
}

const retentions = ['Retain', 'Delete']

function validateRetention(
  policy: StatefulSetPersistentVolumeClaimRetentionPolicy,
  at: Path,
  errors: FieldErrors,
): void {
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = policy[field] ?? ''
    if (!retentions.includes(value)) errors.notSupported(at.child(field), value, retentions)
  }
}

function validateTemplate({ selector, template }: StatefulSetSpec, errors: FieldErrors): void {
  const at = path.child('template')
  validateSelected(selector, template, errors)
  // Upstream looks no further: its containers may mount volumes that only the claims of a pod make.
  validatePodTemplateMeta(template, at, errors)
  const { restartPolicy, activeDeadlineSeconds } = template.spec
  if (restartPolicy && restartPolicy !== 'Always') {
    errors.notSupported(at.child('spec').child('restartPolicy'), restartPolicy, ['Always'])
  }
  if (activeDeadlineSeconds === undefined) return
  const never = 'activeDeadlineSeconds in StatefulSet is not Supported'
  errors.forbidden(at.child('spec').child('activeDeadlineSeconds'), never)
}

/** It becomes the subdomain of the pods. What is stored already need not be good. */
export function validateServiceName({ spec: { serviceName } }: Parts, errors: FieldErrors): void {
  if (serviceName) errors.invalidEach(path.child('serviceName'), serviceName, dns1123Label(serviceName))
}

export function validateStatefulSet({ spec }: Parts, errors: FieldErrors): void {
  const { podManagementPolicy: management, persistentVolumeClaimRetentionPolicy: retention, selector } = spec
  if (management !== 'OrderedReady' && management !== 'Parallel') {
    errors.invalid(path.child('podManagementPolicy'), management, "must be 'OrderedReady' or 'Parallel'")
  }
  validateStrategy(spec.updateStrategy, path.child('updateStrategy'), errors)
  if (retention) validateRetention(retention, path.child('persistentVolumeClaimRetentionPolicy'), errors)
  validateNonNegative(spec.replicas, path.child('replicas'), errors)
  validateNonNegative(spec.minReadySeconds, path.child('minReadySeconds'), errors)
  validateNonNegative(spec.ordinals?.start, path.child('ordinals.start'), errors)
  const at = path.child('selector')
  if (!selector) errors.required(at)
  else {
    validateLabelSelector(selector, at, errors)
    if (selectsEverything(selector)) errors.invalid(at, selector, 'empty selector is invalid for statefulset')
  }
  validateTemplate(spec, errors)
}

const changeable: ReadonlySet<string> = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
])

const fixed = (spec: StatefulSetSpec) =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !changeable.has(field)))

export function validateStatefulSetUpdate({ spec: next }: Parts, { spec: old }: Parts, errors: FieldErrors): void {
  if (sameValue(fixed(next), fixed(old))) return
  const [last, ...others] = [...changeable].map((field) => `'${field}'`).reverse()
  const all = `${others.reverse().join(', ')} and ${last}`
  errors.forbidden(path, `updates to statefulset spec for fields other than ${all} are forbidden`)
}

const counts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const

export function validateStatefulSetStatus({ status }: Parts, { status: old }: Parts, errors: FieldErrors): void {
  const at = Path.of('status')
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0, collisionCount = 0 } = status
  for (const field of ['replicas', ...counts, 'observedGeneration', 'collisionCount'] as const) {
    validateNonNegative(status[field], at.child(field), errors)
  }
  for (const field of counts) {
    const value = status[field] ?? 0
    if (value > replicas) errors.invalid(at.child(field), value, 'cannot be greater than status.replicas')
  }
  if (availableReplicas > readyReplicas) {
    const most = 'cannot be greater than status.readyReplicas'
    errors.invalid(at.child('availableReplicas'), availableReplicas, most)
  }
  if (collisionCount < (old.collisionCount ?? 0)) {
    errors.invalid(at.child('collisionCount'), collisionCount, 'cannot be decremented')
  }
}
