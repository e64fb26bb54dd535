// What workloads have in common: a selector, and a template that it must match.

import type { PodTemplateSpec } from '../core/pod-template-types.ts'
import { validatePodTemplate } from '../core/validate-pod.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path, sortedMap } from '../field-errors.ts'
import { SelectorError, selectorOf } from '../labels.ts'
import type { LabelSelector } from '../meta/label-selector.ts'
import { selectsEverything, validateLabelSelector } from '../meta/validate-labels.ts'

const path = Path.of('spec')

function selectorMatches(selector: LabelSelector | undefined, template: PodTemplateSpec): boolean {
  try {
    const parsed = selectorOf(selector)
    return parsed.matchesEverything || parsed.matches(template.metadata?.labels ?? {})
  } catch (error) {
    // What is wrong with it is told by the rules of the selector.
    if (error instanceof SelectorError) return true
    throw error
  }
}

export function validateSelector(selector: LabelSelector | undefined, errors: FieldErrors): void {
  const at = path.child('selector')
  if (!selector) {
    errors.required(at)
    return
  }
  validateLabelSelector(selector, at, errors)
  if (selectsEverything(selector)) errors.invalid(at, selector, 'empty selector is invalid for deployment')
}

export function validateMatch(matches: boolean, { metadata }: PodTemplateSpec, errors: FieldErrors): void {
  if (matches) return
  const labels = path.child('template').child('metadata').child('labels')
  errors.invalid(
    labels,
    metadata?.labels ? sortedMap(metadata.labels) : null,
    '`selector` does not match template `labels`',
  )
}

export const validateSelected = (
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  errors: FieldErrors,
): void => validateMatch(selectorMatches(selector, template), template, errors)

/** Pods of controllers that keep them running have no end of their own. */
export function validateEndless({ spec }: PodTemplateSpec, controller: string, errors: FieldErrors): void {
  const at = path.child('template').child('spec')
  const { restartPolicy, activeDeadlineSeconds } = spec
  if (restartPolicy === 'OnFailure' || restartPolicy === 'Never') {
    errors.notSupported(at.child('restartPolicy'), restartPolicy, ['Always'])
  }
  if (activeDeadlineSeconds === undefined) return
  errors.forbidden(at.child('activeDeadlineSeconds'), `activeDeadlineSeconds in ${controller} is not Supported`)
}

export function validateTemplate(
  template: PodTemplateSpec,
  selector: LabelSelector | undefined,
  errors: FieldErrors,
): void {
  validateSelected(selector, template, errors)
  validatePodTemplate(template, path.child('template'), errors)
  validateEndless(template, 'ReplicaSet', errors)
}

export function validateSameSelector(
  next: { readonly selector?: LabelSelector | undefined },
  old: { readonly selector?: LabelSelector | undefined },
  errors: FieldErrors,
): void {
  if (!sameValue(next.selector, old.selector)) {
    errors.invalid(path.child('selector'), next.selector, 'field is immutable')
  }
}

const counts = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'updatedReplicas'] as const
type Counted = { readonly [C in (typeof counts)[number]]?: number | undefined } & {
  readonly replicas?: number | undefined
  readonly terminatingReplicas?: number | undefined
  readonly observedGeneration?: number | undefined
}

export function validateCounts(status: Counted, errors: FieldErrors): void {
  const at = Path.of('status')
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  for (const field of ['replicas', 'observedGeneration', ...counts] as const) {
    const value = status[field] ?? 0
    if (value < 0) errors.invalid(at.child(field), value, 'must be greater than or equal to 0')
  }
  validateNonNegative(status.terminatingReplicas, at.child('terminatingReplicas'), errors)
  for (const field of counts) {
    const value = status[field] ?? 0
    if (value > replicas) errors.invalid(at.child(field), value, 'cannot be greater than status.replicas')
  }
  if (availableReplicas > readyReplicas) {
    errors.invalid(at.child('availableReplicas'), availableReplicas, 'cannot be greater than readyReplicas')
  }
}
