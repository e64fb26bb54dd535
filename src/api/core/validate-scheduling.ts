// What a pod says about the nodes it wants: affinity, tolerations, spreading.

import type { FieldErrors, Path } from '../field-errors.ts'
import type { LabelSelector } from '../meta/label-selector.ts'
import { validateLabelName, validateLabelSelector } from '../meta/validate-labels.ts'
import { labelValue, nameIsDnsLabel, nameIsDnsSubdomain } from '../names.ts'
import type { Affinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint } from './affinity.ts'
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './node-selector.ts'
import type { Taint, Toleration } from './taint.ts'

function validateExpression(one: NodeSelectorRequirement, looseValues: boolean, path: Path, errors: FieldErrors): void {
  const values = one.values ?? []
  const at = path.child('values')
  switch (one.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) errors.required(at, "must be specified when `operator` is 'In' or 'NotIn'")
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) errors.forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) errors.required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")
      break
    default:
      errors.invalid(path.child('operator'), one.operator, 'not a valid selector operator')
  }
  validateLabelName(one.key, path.child('key'), errors)
  if (looseValues) return
  values.forEach((value, i) => {
    errors.invalidEach(at.index(i), value, labelValue(value))
  })
}

function validateField(one: NodeSelectorRequirement, path: Path, errors: FieldErrors): void {
  const values = one.values ?? []
  if (one.operator !== 'In' && one.operator !== 'NotIn') {
    errors.invalid(path.child('operator'), one.operator, 'not a valid selector operator')
  } else if (values.length !== 1) {
    const one = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    errors.required(path.child('values'), one)
  }
  if (one.key !== 'metadata.name') {
    errors.invalid(path.child('key'), one.key, 'not a valid field selector key')
    return
  }
  values.forEach((value, i) => {
    errors.invalidEach(path.child('values').index(i), value, nameIsDnsSubdomain(value, false))
  })
}

function validateTerm(term: NodeSelectorTerm, looseValues: boolean, path: Path, errors: FieldErrors): void {
  term.matchExpressions?.forEach((one, i) => {
    validateExpression(one, looseValues, path.child('matchExpressions').index(i), errors)
  })
  term.matchFields?.forEach((one, i) => {
    validateField(one, path.child('matchFields').index(i), errors)
  })
}

export function validateNodeSelector({ nodeSelectorTerms }: NodeSelector, path: Path, errors: FieldErrors): void {
  const at = path.child('nodeSelectorTerms')
  if (!nodeSelectorTerms?.length) errors.required(at, 'must have at least one node selector term')
  nodeSelectorTerms?.forEach((term, i) => {
    validateTerm(term, false, at.index(i), errors)
  })
}

function validateWeight(weight: number, path: Path, errors: FieldErrors): void {
  if (!(weight >= 1 && weight <= 100)) errors.invalid(path.child('weight'), weight ?? 0, 'must be in the range 1-100')
}

const selectorKeys = (selector: LabelSelector | undefined): string[] => [
  ...Object.keys(selector?.matchLabels ?? {}),
  ...(selector?.matchExpressions ?? []).map(({ key }) => key),
]

function validateKeys(
  keys: readonly string[],
  selector: LabelSelector | undefined,
  path: Path,
  errors: FieldErrors,
): void {
  if (keys.length > 0 && !selector) errors.forbidden(path, 'must not be specified when labelSelector is not set')
  keys.forEach((key, i) => {
    validateLabelName(key, path.index(i), errors)
  })
}

function validatePodTerm(term: PodAffinityTerm, path: Path, errors: FieldErrors): void {
  const { labelSelector, namespaceSelector, matchLabelKeys = [], mismatchLabelKeys = [], topologyKey } = term
  validateLabelSelector(labelSelector, path.child('labelSelector'), errors)
  validateLabelSelector(namespaceSelector, path.child('namespaceSelector'), errors)
  for (const name of term.namespaces ?? []) {
    errors.invalidEach(path.child('namespace'), name, nameIsDnsLabel(name, false))
  }
  validateKeys(matchLabelKeys, labelSelector, path.child('matchLabelKeys'), errors)
  validateKeys(mismatchLabelKeys, labelSelector, path.child('mismatchLabelKeys'), errors)
  matchLabelKeys.forEach((key, i) => {
    if (!mismatchLabelKeys.includes(key)) return
    const both = 'exists in both matchLabelKeys and mismatchLabelKeys'
    errors.invalid(path.child('matchLabelKeys').index(i), key, both)
  })
  if (!topologyKey) errors.required(path.child('topologyKey'), 'can not be empty')
  validateLabelName(topologyKey ?? '', path.child('topologyKey'), errors)
}

const hard = 'requiredDuringSchedulingIgnoredDuringExecution'
const soft = 'preferredDuringSchedulingIgnoredDuringExecution'

function validatePodAffinity(affinity: PodAffinity | undefined, path: Path, errors: FieldErrors): void {
  affinity?.[hard]?.forEach((term, i) => {
    validatePodTerm(term, path.child(hard).index(i), errors)
  })
  affinity?.[soft]?.forEach((term, i) => {
    const at = path.child(soft).index(i)
    validateWeight(term.weight, at, errors)
    validatePodTerm(term.podAffinityTerm, at.child('podAffinityTerm'), errors)
  })
}

export function validateAffinity(affinity: Affinity | undefined, path: Path, errors: FieldErrors): void {
  if (!affinity) return
  const nodes = affinity.nodeAffinity
  const nodesPath = path.child('nodeAffinity')
  if (nodes?.[hard]) validateNodeSelector(nodes[hard], nodesPath.child(hard), errors)
  nodes?.[soft]?.forEach((term, i) => {
    const at = nodesPath.child(soft).index(i)
    validateWeight(term.weight, at, errors)
    // A preference that no node can meet does no harm.
    validateTerm(term.preference, true, at.child('preference'), errors)
  })
  validatePodAffinity(affinity.podAffinity, path.child('podAffinity'), errors)
  validatePodAffinity(affinity.podAntiAffinity, path.child('podAntiAffinity'), errors)
}

export function validateTolerations(tolerations: readonly Toleration[], path: Path, errors: FieldErrors): void {
  tolerations.forEach(({ key, operator = '', value = '', effect = '', tolerationSeconds }, i) => {
    const at = path.index(i)
    if (key) validateLabelName(key, at.child('key'), errors)
    else if (operator !== 'Exists') {
      const all = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.invalid(at.child('operator'), operator, all)
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.invalid(at.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    if (operator === 'Exists' && value) {
      errors.invalid(at.child('operator'), value, "value must be empty when `operator` is 'Exists'")
    } else if (operator === 'Equal' || operator === '') {
      const complaints = labelValue(value)
      if (complaints.length > 0) errors.invalid(at.child('operator'), value, complaints.join(';'))
    } else if ((operator === 'Lt' || operator === 'Gt') && !/^(0|-?[1-9][0-9]*)$/.test(value)) {
      errors.invalid(at.child('value'), value, 'value must be a valid integer when using numeric operators')
    }
  })
}

export function validateTaints(taints: readonly Taint[], path: Path, errors: FieldErrors): void {
  const seen = new Set<string>()
  taints.forEach((taint, i) => {
    const at = path.index(i)
    validateLabelName(taint.key, at.child('key'), errors)
    const complaints = labelValue(taint.value ?? '')
    if (complaints.length > 0) errors.invalid(at.child('value'), taint.value, complaints.join(';'))
    if (!taint.effect) errors.required(at.child('effect'))
    const id = `${taint.effect}/${taint.key}`
    if (seen.has(id)) errors.duplicate(at, taint, 'taints must be unique by key and effect pair')
    seen.add(id)
  })
}

export function validateTopologySpread(
  constraints: readonly TopologySpreadConstraint[],
  path: Path,
  errors: FieldErrors,
): void {
  constraints.forEach((one, i) => {
    const at = path.index(i)
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys = [] } = one
    if (!(maxSkew > 0)) errors.invalid(at.child('maxSkew'), maxSkew ?? 0, 'must be greater than zero')
    if (!topologyKey) errors.required(at.child('topologyKey'), 'can not be empty')
    if (!whenUnsatisfiable) {
      errors.notSupported(at.child('whenUnsatisfiable'), '', ['DoNotSchedule', 'ScheduleAnyway'])
    }
    const again = constraints
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)
    if (again) errors.duplicate(at.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`)
    if (minDomains !== undefined) {
      const domains = at.child('minDomains')
      if (minDomains <= 0) errors.invalid(domains, minDomains, 'must be greater than zero')
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const only = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
        errors.invalid(domains, minDomains, only)
      }
    }
    const keys = at.child('matchLabelKeys')
    if (matchLabelKeys.length > 0 && !labelSelector) {
      errors.forbidden(keys, 'must not be specified when labelSelector is not set')
    }
    const known = new Set(selectorKeys(labelSelector))
    matchLabelKeys.forEach((key, k) => {
      validateLabelName(key, keys.index(k), errors)
      if (known.has(key)) errors.invalid(keys.index(k), key, 'exists in both matchLabelKeys and labelSelector')
    })
    validateLabelSelector(labelSelector, at.child('labelSelector'), errors)
  })
}
