// Deployments: a rollout must be able to move, and have time to.

import { validateNonNegative } from '../core/validate-probe.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { type IntOrString, percentOf } from '../int-or-string.ts'
import { validateAtMost100Percent, validatePositiveIntOrPercent } from '../validate-numbers.ts'
import type { DeploymentSpec, DeploymentStrategy } from './deployment-types.ts'
import { validateSelector, validateTemplate } from './validate-template.ts'

const path = Path.of('spec')
const amount = (value: IntOrString): number => (typeof value === 'number' ? value : (percentOf(value) ?? 0))

function validateStrategy({ type, rollingUpdate }: DeploymentStrategy, errors: FieldErrors): void {
  const at = path.child('strategy').child('rollingUpdate')
  if (type === 'Recreate') {
    if (rollingUpdate) errors.forbidden(at, "may not be specified when strategy `type` is 'Recreate'")
    return
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {}
  validatePositiveIntOrPercent(maxUnavailable, at.child('maxUnavailable'), errors)
  validatePositiveIntOrPercent(maxSurge, at.child('maxSurge'), errors)
  if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0) {
    errors.invalid(at.child('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0')
  }
  validateAtMost100Percent(maxUnavailable, at.child('maxUnavailable'), errors)
}

export function validateDeployment({ spec }: { readonly spec: DeploymentSpec }, errors: FieldErrors): void {
  validateNonNegative(spec.replicas, path.child('replicas'), errors)
  validateSelector(spec.selector, errors)
  validateTemplate(spec.template, spec.selector, errors)
  validateStrategy(spec.strategy, errors)
  const { minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec
  validateNonNegative(minReadySeconds, path.child('minReadySeconds'), errors)
  validateNonNegative(spec.revisionHistoryLimit, path.child('revisionHistoryLimit'), errors)
  if (deadline === undefined) return
  const at = path.child('progressDeadlineSeconds')
  validateNonNegative(deadline, at, errors)
  if (deadline <= minReadySeconds) errors.invalid(at, deadline, 'must be greater than minReadySeconds')
}
