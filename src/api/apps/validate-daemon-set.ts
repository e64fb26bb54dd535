// DaemonSets: a selector of their own pods, and an update that goes in one of two ways.

import { validatePodTemplate } from '../core/validate-pod.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { type IntOrString, percentOf } from '../int-or-string.ts'
import { selectsEverything, validateLabelSelector } from '../meta/validate-labels.ts'
import { validateAtMost100Percent, validatePositiveIntOrPercent } from '../validate-numbers.ts'
import type { DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy } from './daemon-set-types.ts'
import { validateEndless, validateSelected } from './validate-template.ts'

interface Parts {
  readonly spec: DaemonSetSpec
  readonly status: DaemonSetStatus
}

const path = Path.of('spec')
const amount = (value: IntOrString): number => (typeof value === 'number' ? value : (percentOf(value) ?? 0))

function validateStrategy(strategy: DaemonSetUpdateStrategy, at: Path, errors: FieldErrors): void {
  const { type, rollingUpdate } = strategy
  if (type === 'OnDelete') return
  if (type !== 'RollingUpdate') {
    errors.notSupported(at, strategy, ['RollingUpdate', 'OnDelete'])
    return
  }
  const bounds = at.child('rollingUpdate')
  if (!rollingUpdate) {
    errors.required(bounds)
    return
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate
  validatePositiveIntOrPercent(maxUnavailable, bounds.child('maxUnavailable'), errors)
  validatePositiveIntOrPercent(maxSurge, bounds.child('maxSurge'), errors)
  validateAtMost100Percent(maxUnavailable, bounds.child('maxUnavailable'), errors)
  validateAtMost100Percent(maxSurge, bounds.child('maxSurge'), errors)
  const [missing, more] = [amount(maxUnavailable) !== 0, amount(maxSurge) !== 0]
  if (missing && more) {
    errors.invalid(bounds.child('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero')
  } else if (!missing && !more) errors.required(bounds.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0')
}

export function validateDaemonSet({ spec }: Parts, errors: FieldErrors): void {
  const { selector, template } = spec
  validateLabelSelector(selector, path.child('selector'), errors)
  validateSelected(selector, template, errors)
  if (selector && selectsEverything(selector)) {
    errors.invalid(path.child('selector'), selector, 'empty selector is invalid for daemonset')
  }
  validatePodTemplate(template, path.child('template'), errors)
  validateEndless(template, 'DaemonSet', errors)
  validateNonNegative(spec.minReadySeconds, path.child('minReadySeconds'), errors)
  validateStrategy(spec.updateStrategy, path.child('updateStrategy'), errors)
  validateNonNegative(spec.revisionHistoryLimit, path.child('revisionHistoryLimit'), errors)
}

const counts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const

export function validateDaemonSetStatus({ status }: Parts, { status: old }: Parts, errors: FieldErrors): void {
  const at = Path.of('status')
  for (const field of counts) validateNonNegative(status[field], at.child(field), errors)
  const { collisionCount = 0 } = status
  if (collisionCount < (old.collisionCount ?? 0)) {
    errors.invalid(at.child('collisionCount'), collisionCount, 'cannot be decremented')
  }
}
