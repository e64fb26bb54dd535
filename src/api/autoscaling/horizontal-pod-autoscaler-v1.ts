import { kind, type ObjectOf } from '../kind.ts'
import { autoscalerColumns } from './autoscaler-columns.ts'
import { fromStored, keepStatus, type OldParts, toStored } from './autoscaler-conversion.ts'
import { HorizontalPodAutoscaler as Stored } from './horizontal-pod-autoscaler.ts'
import { HorizontalPodAutoscalerSpec, HorizontalPodAutoscalerStatus } from './horizontal-pod-autoscaler-v1-types.ts'
import { validateAutoscaler, validateAutoscalerStatus } from './validate-autoscaler.ts'

export const HorizontalPodAutoscaler = kind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'Scales a workload by the CPU that its pods use.',
  fields: {
    spec: HorizontalPodAutoscalerSpec.at(2, 'What is scaled, and by what.'),
    status: HorizontalPodAutoscalerStatus.at(3, 'What there is.'),
  },
  status: true,
  columns: autoscalerColumns.map((column) => ({
    ...column,
    value: (autoscaler: OldParts, nowMs: number) => column.value(toStored(autoscaler), nowMs),
  })),
  storedAs: { kind: Stored, toStored, fromStored },
  prepareForCreate: ({ metadata }) => keepStatus(metadata),
  prepareForUpdate: ({ metadata }, old) => keepStatus(metadata, old.metadata),
  validate: (autoscaler, errors) => validateAutoscaler(toStored(autoscaler), errors),
  validateStatusUpdate: (next, _old, errors) => validateAutoscalerStatus(next, errors),
})
export type HorizontalPodAutoscaler = ObjectOf<typeof HorizontalPodAutoscaler>
