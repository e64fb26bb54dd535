import { kind, type ObjectOf } from '../kind.ts'
import { autoscalerColumns } from './autoscaler-columns.ts'
import { defaultAutoscaler } from './autoscaler-defaults.ts'
import { HorizontalPodAutoscalerSpec, HorizontalPodAutoscalerStatus } from './horizontal-pod-autoscaler-types.ts'
import { validateAutoscaler, validateAutoscalerStatus } from './validate-autoscaler.ts'

export const HorizontalPodAutoscaler = kind({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Scales a workload by what its pods use, or by other metrics.',
  fields: {
    spec: HorizontalPodAutoscalerSpec.at(2, 'What is scaled, and by what.'),
    status: HorizontalPodAutoscalerStatus.at(3, 'What there is.'),
  },
  status: true,
  columns: autoscalerColumns,
  defaults: defaultAutoscaler,
  validate: validateAutoscaler,
  validateStatusUpdate: (next, _old, errors) => validateAutoscalerStatus(next, errors),
})
export type HorizontalPodAutoscaler = ObjectOf<typeof HorizontalPodAutoscaler>
