import { ageColumn, nameColumn } from '../columns.ts'
import { validateNonNegative } from '../core/validate-probe.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { Condition } from '../meta/condition.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { int32, int64, intOrString, list, map, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { validateAtMost100Percent, validatePositiveIntOrPercent } from '../validate-numbers.ts'

export const PodDisruptionBudgetSpec = message(
  'policy/v1.PodDisruptionBudgetSpec',
  'DOC:policy/v1.PodDisruptionBudgetSpec',
  {
    minAvailable: opt(intOrString).at(1, 'DOC:policy/v1.PodDisruptionBudgetSpec.minAvailable'),
    selector: opt(LabelSelector).patch('replace').at(2, 'DOC:policy/v1.PodDisruptionBudgetSpec.selector'),
    maxUnavailable: opt(intOrString).at(3, 'DOC:policy/v1.PodDisruptionBudgetSpec.maxUnavailable'),
    unhealthyPodEvictionPolicy: opt(string.oneOf('IfHealthyBudget', 'AlwaysAllow')).at(
      4,
      'DOC:policy/v1.PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy',
    ),
  },
)
export type PodDisruptionBudgetSpec = TypeOf<typeof PodDisruptionBudgetSpec>

export const PodDisruptionBudgetStatus = message(
  'policy/v1.PodDisruptionBudgetStatus',
  'DOC:policy/v1.PodDisruptionBudgetStatus',
  {
    observedGeneration: int64.at(1, 'DOC:policy/v1.PodDisruptionBudgetStatus.observedGeneration'),
    disruptedPods: map(time).at(2, 'DOC:policy/v1.PodDisruptionBudgetStatus.disruptedPods'),
    disruptionsAllowed: req(int32).at(3, 'DOC:policy/v1.PodDisruptionBudgetStatus.disruptionsAllowed'),
    currentHealthy: req(int32).at(4, 'DOC:policy/v1.PodDisruptionBudgetStatus.currentHealthy'),
    desiredHealthy: req(int32).at(5, 'DOC:policy/v1.PodDisruptionBudgetStatus.desiredHealthy'),
    expectedPods: req(int32).at(6, 'DOC:policy/v1.PodDisruptionBudgetStatus.expectedPods'),
    conditions: list(Condition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(7, 'DOC:policy/v1.PodDisruptionBudgetStatus.conditions'),
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
  doc: 'DOC:policy/v1.PodDisruptionBudget',
  fields: {
    spec: PodDisruptionBudgetSpec.at(2, 'DOC:policy/v1.PodDisruptionBudget.spec'),
    status: PodDisruptionBudgetStatus.at(3, 'DOC:policy/v1.PodDisruptionBudget.status'),
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
  },
})
export type PodDisruptionBudget = ObjectOf<typeof PodDisruptionBudget>
