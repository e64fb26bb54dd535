import { ageColumn, nameColumn } from '../columns.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { Condition } from '../meta/condition.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { validateConditions } from '../meta/validate-conditions.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { int32, int64, intOrString, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { validateAtMost100Percent, validatePositiveIntOrPercent } from '../validate-numbers.ts'

export const PodDisruptionBudgetSpec = message('policy/v1.PodDisruptionBudgetSpec', 'What a budget asks for.', {
  minAvailable: opt(intOrString).at(
    1,
    'How many of the pods must be there after an eviction, as a number or a percentage.',
  ),
  selector: opt(LabelSelector)
    .patch('replace')
    .at(2, 'Which pods the budget is about; an empty one means all in the namespace, an absent one none.'),
  maxUnavailable: opt(intOrString).at(
    3,
    'How many of the pods may be missing after an eviction, as a number or a percentage; not together with minAvailable.',
  ),
  unhealthyPodEvictionPolicy: opt(string.oneOf('IfHealthyBudget', 'AlwaysAllow')).at(
    4,
    'When pods that are not ready may be evicted: AlwaysAllow, or IfHealthyBudget where the others must meet the budget.',
  ),
})
export type PodDisruptionBudgetSpec = TypeOf<typeof PodDisruptionBudgetSpec>

export const PodDisruptionBudgetStatus = message(
  'policy/v1.PodDisruptionBudgetStatus',
  'How many evictions are possible now.',
  {
    observedGeneration: int64.at(1, 'The generation of the spec that this status is about.'),
    disruptedPods: map(time).at(2, 'Pods whose eviction was allowed but has not been seen to happen, and since when.'),
    disruptionsAllowed: req(int32).at(3, 'How many pods may be evicted now.'),
    currentHealthy: req(int32).at(4, 'How many pods are healthy.'),
    desiredHealthy: req(int32).at(5, 'How many pods must be healthy at least.'),
    expectedPods: req(int32).at(6, 'How many pods the budget counts.'),
    conditions: list(Condition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(7, 'The latest findings, as DisruptionAllowed.'),
  },
)
export type PodDisruptionBudgetStatus = TypeOf<typeof PodDisruptionBudgetStatus>

export const PodDisruptionBudget = kind({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  scope: 'Namespaced',
  doc: "Says how many of a set of pods may be missing at a time by anybody's will.",
  fields: {
    spec: PodDisruptionBudgetSpec.at(2, 'What is asked for.'),
    status: PodDisruptionBudgetStatus.at(3, 'How many evictions are possible now.'),
  },
  status: true,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      description: 'How many pods must stay.',
      value: ({ spec }) => String(spec.minAvailable ?? 'N/A'),
    },
    {
      name: 'Max Unavailable',
      description: 'How many pods may be missing.',
      value: ({ spec }) => String(spec.maxUnavailable ?? 'N/A'),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'How many pods may be evicted now.',
      value: ({ status }) => status.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
  validate: ({ spec }, errors) => {
    const path = Path.of('spec')
    const { minAvailable, maxUnavailable } = spec
    if (minAvailable !== undefined && maxUnavailable !== undefined) {
      errors.invalid(path, spec, 'minAvailable and maxUnavailable cannot be both set')
    }
    for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
      if (value === undefined) continue
      validatePositiveIntOrPercent(value, path.child(field), errors)
      validateAtMost100Percent(value, path.child(field), errors)
    }
    validateLabelSelector(spec.selector, path.child('selector'), errors)
  },
  validateStatusUpdate: ({ status }, _old, errors) => {
    for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const) {
      validateNonNegative(status[field], Path.of('status').child(field), errors)
    }
    validateConditions(status.conditions, Path.of('status').child('conditions'), errors)
  },
})
export type PodDisruptionBudget = ObjectOf<typeof PodDisruptionBudget>
