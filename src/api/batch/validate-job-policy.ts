// What is done about pods that failed, and when a job with indexes is a success early.

import { validateNonNegative } from '../core/validate-probe.ts'
import type { FieldErrors, Path } from '../field-errors.ts'
import { qualifiedName } from '../names.ts'
import { countIndexes, IndexesError, parseIndexes } from './indexes.ts'
import type {
  JobSpec,
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicy,
  SuccessPolicyRule,
} from './job-spec.ts'

const maxRules = 20
const maxExitCodes = 255
const maxPatterns = 20
const maxIndexesBytes = 64 * 1024

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']

/** `["In" "NotIn"]`, as Go writes a list. */
const validValues = (values: readonly string[]): string =>
  `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`

function validateChoice(value: string, choices: readonly string[], path: Path, errors: FieldErrors): void {
  if (!value) errors.required(path, validValues(choices))
  else if (!choices.includes(value)) errors.notSupported(path, value, choices)
}

function validateExitCodes(
  codes: PodFailurePolicyOnExitCodesRequirement,
  containers: ReadonlySet<string>,
  path: Path,
  errors: FieldErrors,
): void {
  const { containerName, operator = '', values = [] } = codes
  validateChoice(operator, operators, path.child('operator'), errors)
  if (containerName !== undefined && !containers.has(containerName)) {
    const known = 'must be one of the container or initContainer names in the pod template'
    errors.invalid(path.child('containerName'), containerName, known)
  }
  const at = path.child('values')
  if (values.length === 0) errors.invalid(at, values, 'at least one value is required')
  else if (values.length > maxExitCodes) errors.tooMany(at, values.length, maxExitCodes)
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) errors.invalid(at.index(i), value, 'must not be 0 for the In operator')
    if (values.indexOf(value) < i) errors.duplicate(at.index(i), value)
  })
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) errors.invalid(at, values, 'must be ordered')
}

function validatePatterns(
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
  path: Path,
  errors: FieldErrors,
): void {
  if (patterns.length > maxPatterns) errors.tooMany(path, patterns.length, maxPatterns)
  patterns.forEach(({ type = '', status = '' }, i) => {
    errors.invalidEach(path.index(i).child('type'), type, qualifiedName(type))
    validateChoice(status, statuses, path.index(i).child('status'), errors)
  })
}

function validateFailureRule(
  rule: PodFailurePolicyRule,
  spec: JobSpec,
  containers: ReadonlySet<string>,
  path: Path,
  errors: FieldErrors,
): void {
  const { action = '', onExitCodes, onPodConditions = [] } = rule
  if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.invalid(path.child('action'), action, 'requires the backoffLimitPerIndex to be set')
    }
  } else validateChoice(action, actions, path.child('action'), errors)
  if (onExitCodes) validateExitCodes(onExitCodes, containers, path.child('onExitCodes'), errors)
  if (onPodConditions.length > 0) validatePatterns(onPodConditions, path.child('onPodConditions'), errors)
  const given = Number(onExitCodes !== undefined) + Number(onPodConditions.length > 0)
  if (given === 1) return
  const text =
    given === 2
      ? 'specifying both OnExitCodes and OnPodConditions is not supported'
      : 'specifying one of OnExitCodes and OnPodConditions is required'
  errors.add('FieldValueInvalid', path, 'Invalid value', text)
}

export function validateFailurePolicy(
  spec: JobSpec,
  { rules = [] }: PodFailurePolicy,
  path: Path,
  errors: FieldErrors,
): void {
  const at = path.child('rules')
  if (rules.length > maxRules) errors.tooMany(at, rules.length, maxRules)
  const { containers = [], initContainers = [] } = spec.template.spec
  const names = new Set([...containers, ...initContainers].map(({ name }) => name))
  rules.forEach((rule, i) => {
    validateFailureRule(rule, spec, names, at.index(i), errors)
  })
}

/** The number of indexes, or nothing where they cannot be read, which is told. */
function validateIndexes(text: string, completions: number, path: Path, errors: FieldErrors): number {
  if (text.length > maxIndexesBytes) errors.tooLong(path, maxIndexesBytes)
  try {
    return countIndexes(parseIndexes(text, completions))
  } catch (error) {
    if (!(error instanceof IndexesError)) throw error
    errors.invalid(path, text, `error parsing succeededIndexes: ${error.message}`)
    return 0
  }
}

function validateSuccessRule(rule: SuccessPolicyRule, completions: number, path: Path, errors: FieldErrors): void {
  const { succeededCount: count, succeededIndexes: indexes } = rule
  if (count === undefined && indexes === undefined) {
    errors.required(path, 'at least one of succeededCount or succeededIndexes must be specified')
  }
  const total =
    indexes === undefined ? undefined : validateIndexes(indexes, completions, path.child('succeededIndexes'), errors)
  if (count === undefined) return
  const at = path.child('succeededCount')
  const atMost = (most: number, what: string) => `must be less than or equal to ${most} (the number of ${what})`
  validateNonNegative(count, at, errors)
  if (count > completions) errors.invalid(at, count, atMost(completions, 'specified completions'))
  if (total !== undefined && count > total) {
    errors.invalid(at, count, atMost(total, 'indexes in the specified succeededIndexes field'))
  }
}

export function validateSuccessPolicy(
  { completions = 0 }: JobSpec,
  { rules = [] }: SuccessPolicy,
  path: Path,
  errors: FieldErrors,
): void {
  const at = path.child('rules')
  if (rules.length === 0) {
    errors.required(at, 'at least one rules must be specified when the successPolicy is specified')
  }
  if (rules.length > maxRules) errors.tooMany(at, rules.length, maxRules)
  rules.forEach((rule, i) => {
    validateSuccessRule(rule, completions, at.index(i), errors)
  })
}
