// What the table of autoscalers shows, in all versions.

import { ageColumn, nameColumn, none } from '../columns.ts'
import type { Column } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import type { HorizontalPodAutoscalerSpec, HorizontalPodAutoscalerStatus } from './horizontal-pod-autoscaler-types.ts'
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from './metric.ts'

export interface AutoscalerParts {
  readonly metadata: ObjectMeta
  readonly spec: HorizontalPodAutoscalerSpec
  readonly status: HorizontalPodAutoscalerStatus
}

const unknown = '<unknown>'

const formatValue = (target: MetricTarget, current: MetricValueStatus | undefined): string =>
  target.averageValue === undefined
    ? `${current?.value ?? unknown}/${target.value ?? ''}`
    : `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`

function formatUse(name: string, target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? unknown}/${target.averageValue}`
  const percent = (value: number | undefined, otherwise: string) => (value === undefined ? otherwise : `${value}%`)
  const now = percent(current?.averageUtilization, unknown)
  return `${name}: ${now}/${percent(target.averageUtilization, '<auto>')}`
}

function formatMetric(spec: MetricSpec, status: MetricStatus | undefined): string {
  const { external, object, pods, resource, containerResource } = spec
  if (spec.type === 'External' && external) return formatValue(external.target, status?.external?.current)
  if (spec.type === 'Object' && object) return formatValue(object.target, status?.object?.current)
  if (spec.type === 'Pods' && pods) {
    return `${status?.pods?.current.averageValue ?? unknown}/${pods.target.averageValue ?? ''}`
  }
  if (spec.type === 'Resource' && resource) {
    return formatUse(resource.name, resource.target, status?.resource?.current)
  }
  if (spec.type === 'ContainerResource' && containerResource) {
    return formatUse(containerResource.name, containerResource.target, status?.containerResource?.current)
  }
  return '<unknown type>'
}

const shown = 2

function formatMetrics({ spec: { metrics = [] }, status }: AutoscalerParts): string {
  if (metrics.length === 0) return none
  const all = metrics.map((metric, i) => formatMetric(metric, status.currentMetrics?.[i]))
  const first = all.slice(0, shown).join(', ')
  return all.length > shown ? `${first} + ${all.length - shown} more...` : first
}

export const autoscalerColumns: readonly Column<AutoscalerParts>[] = [
  nameColumn,
  {
    name: 'Reference',
    description: 'What is scaled.',
    value: ({ spec: { scaleTargetRef } }) => `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
  },
  { name: 'Targets', description: 'What the metrics say, and what they should say.', value: formatMetrics },
  {
    name: 'MinPods',
    description: 'How many replicas there are at least.',
    value: ({ spec }) => String(spec.minReplicas ?? '<unset>'),
  },
  {
    name: 'MaxPods',
    type: 'integer',
    description: 'How many replicas there are at most.',
    value: ({ spec }) => spec.maxReplicas ?? 0,
  },
  {
    name: 'Replicas',
    type: 'integer',
    description: 'How many replicas there are.',
    value: ({ status }) => status.currentReplicas ?? 0,
  },
  ageColumn,
]
