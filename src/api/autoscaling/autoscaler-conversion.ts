// Autoscalers of the first version and of the second are the same objects. The first has a field for the use of
// CPU only; the rest stands in its annotations, so that nothing is lost on the way there and back.

import { decodeAs } from '../decode.ts'
import type { ApiObject } from '../kind.ts'
import type { ObjectMeta } from '../meta/object-meta.ts'
import { list, type TypeOf } from '../schema.ts'
import type { AutoscalerParts } from './autoscaler-columns.ts'
import { defaultAutoscaler } from './autoscaler-defaults.ts'
import { HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerCondition } from './horizontal-pod-autoscaler-types.ts'
import type {
  HorizontalPodAutoscalerSpec as OldSpec,
  HorizontalPodAutoscalerStatus as OldStatus,
} from './horizontal-pod-autoscaler-v1-types.ts'
import { MetricSpec, MetricStatus } from './metric.ts'
import { metricOf, metricStatusOf, oldMetricOf, oldMetricStatusOf } from './metric-v1.ts'

export interface OldParts {
  readonly metadata: ObjectMeta
  readonly spec: OldSpec
  readonly status: OldStatus
}

const prefix = 'autoscaling.alpha.kubernetes.io'
const kept = {
  metrics: `${prefix}/metrics`,
  currentMetrics: `${prefix}/current-metrics`,
  conditions: `${prefix}/conditions`,
  behavior: `${prefix}/behavior`,
} as const

/** The status in annotations is the server's, as the status itself is: a client's is replaced by the old one. */
export function keepStatus(metadata: ObjectMeta, old?: ObjectMeta): void {
  const annotations = { ...metadata.annotations }
  for (const name of [kept.currentMetrics, kept.conditions]) {
    const before = old?.annotations?.[name]
    if (before === undefined) delete annotations[name]
    else annotations[name] = before
  }
  if (metadata.annotations || Object.keys(annotations).length > 0) metadata.annotations = annotations
}

const metricList = list(MetricSpec)
const statusList = list(MetricStatus)
const conditionList = list(HorizontalPodAutoscalerCondition)

const isCpuUse = ({ type, resource }: MetricSpec): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined

/** Undefined for what is not there, or not to be read: upstream takes no notice of it either. */
function read<
  S extends typeof metricList | typeof statusList | typeof conditionList | typeof HorizontalPodAutoscalerBehavior,
>(
  schema: S,
  text: string | undefined,
  convert: (parsed: unknown) => unknown = (parsed) => parsed,
): TypeOf<S> | undefined {
  if (text === undefined) return undefined
  try {
    return decodeAs(schema, convert(JSON.parse(text))).object as TypeOf<S>
  } catch {
    return undefined
  }
}

const each = (convert: (item: unknown) => unknown) => (parsed: unknown) => (parsed as unknown[]).map(convert)

function withoutKept({ annotations = {}, ...metadata }: ObjectMeta): ObjectMeta {
  const names: ReadonlySet<string> = new Set(Object.values(kept))
  const others = Object.entries(annotations).filter(([name]) => !names.has(name))
  return others.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(others) }
}

const cpuMetric = (averageUtilization: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
})
const cpuStatus = (averageUtilization: number): MetricStatus => ({
  type: 'Resource',
  resource: { name: 'cpu', current: { averageUtilization } },
})

/** From the first version to the second. */
export function toStored(
  { metadata, spec, status = {} as OldStatus }: OldParts,
  bare = false,
): ApiObject & AutoscalerParts {
  const { annotations = {} } = metadata
  const { targetCPUUtilizationPercentage: target, ...others } = spec
  const { currentCPUUtilizationPercentage: current, currentReplicas, ...numbers } = status
  const metrics = read(metricList, annotations[kept.metrics], each(metricOf)) ?? []
  const behavior = read(HorizontalPodAutoscalerBehavior, annotations[kept.behavior])
  const conditions = read(conditionList, annotations[kept.conditions])
  const known = read(statusList, annotations[kept.currentMetrics], each(metricStatusOf))
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: withoutKept(metadata),
    spec: {
      ...others,
      metrics: target === undefined ? metrics : [...metrics, cpuMetric(target)],
      ...(behavior ? { behavior } : {}),
    },
    status: {
      ...numbers,
      // Written only if there are any in the second version.
      ...(currentReplicas ? { currentReplicas } : {}),
      currentMetrics: known ?? (current === undefined ? [] : [cpuStatus(current)]),
      ...(conditions ? { conditions } : {}),
    },
  }
  if (!bare) defaultAutoscaler(autoscaler)
  return autoscaler
}

const write = (items: readonly unknown[] | undefined, name: string): Record<string, string> =>
  items?.length ? { [name]: JSON.stringify(items) } : {}

/** From the second version to the first. */
export function fromStored(object: ApiObject): OldParts & ApiObject {
  const { metadata, spec, status } = object as ApiObject & AutoscalerParts
  const { metrics = [], behavior, ...others } = spec
  const { currentMetrics, conditions, ...numbers } = status ?? {}
  const target = metrics.find(isCpuUse)?.resource?.target.averageUtilization
  const measured = currentMetrics?.find(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')
  const current = measured?.resource?.current.averageUtilization
  const annotations = {
    ...metadata.annotations,
    ...write(metrics.filter((metric) => !isCpuUse(metric)).map(oldMetricOf), kept.metrics),
    ...write(currentMetrics?.map(oldMetricStatusOf), kept.currentMetrics),
    ...write(conditions, kept.conditions),
    ...(behavior ? { [kept.behavior]: JSON.stringify(behavior) } : {}),
  }
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations },
    spec: { ...others, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...numbers,
      // These two are always written in the first version.
      currentReplicas: numbers.currentReplicas ?? 0,
      desiredReplicas: numbers.desiredReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  }
}
