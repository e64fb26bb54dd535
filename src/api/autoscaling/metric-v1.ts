// Metrics as the first version of autoscalers writes them into annotations, since it has no fields for them.

import type {
  ContainerResourceMetricStatus,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
  ResourceMetricStatus,
} from './metric.ts'

/** JSON of an annotation. What is not there is left out when it is written. */
// biome-ignore lint/suspicious/noExplicitAny: whatever somebody wrote there; it is decoded after it was converted
type Old = any

const oldUse = ({ averageUtilization, averageValue }: MetricTarget) => ({
  targetAverageUtilization: averageUtilization,
  targetAverageValue: averageValue,
})

export function oldMetricOf(spec: MetricSpec): Old {
  const { type, object, pods, resource, containerResource, external } = spec
  return {
    type,
    object: object && {
      target: object.describedObject,
      metricName: object.metric.name,
      targetValue: object.target.value ?? '0',
      selector: object.metric.selector,
      averageValue: object.target.averageValue,
    },
    pods: pods && {
      metricName: pods.metric.name,
      targetAverageValue: pods.target.averageValue,
      selector: pods.metric.selector,
    },
    resource: resource && { name: resource.name, ...oldUse(resource.target) },
    containerResource: containerResource && {
      name: containerResource.name,
      ...oldUse(containerResource.target),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric.name,
      metricSelector: external.metric.selector,
      targetValue: external.target.value,
      targetAverageValue: external.target.averageValue,
    },
  }
}

const isZero = (amount: Old): boolean => amount === undefined || String(amount) === '0'

const target = (value: Old, averageValue: Old): Old => ({
  type: averageValue === undefined ? 'Value' : 'AverageValue',
  ...(averageValue === undefined || !isZero(value) ? { value } : {}),
  averageValue,
})

const use = ({ targetAverageUtilization: averageUtilization, targetAverageValue: averageValue }: Old): Old => ({
  type: averageValue === undefined ? 'Utilization' : 'AverageValue',
  averageUtilization,
  averageValue,
})

export function metricOf({ type, object, pods, resource, containerResource, external }: Old): Old {
  return {
    type,
    object: object && {
      describedObject: object.target,
      metric: { name: object.metricName, selector: object.selector },
      target: target(object.targetValue, object.averageValue),
    },
    pods: pods && {
      metric: { name: pods.metricName, selector: pods.selector },
      target: { type: 'AverageValue', averageValue: pods.targetAverageValue },
    },
    resource: resource && { name: resource.name, target: use(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      target: use(containerResource),
    },
    external: external && {
      metric: { name: external.metricName, selector: external.metricSelector },
      target: target(external.targetValue, external.targetAverageValue),
    },
  }
}

const oldUseStatus = ({ name, current }: ResourceMetricStatus | ContainerResourceMetricStatus) => ({
  name,
  currentAverageUtilization: current.averageUtilization,
  currentAverageValue: current.averageValue ?? '0',
})

export function oldMetricStatusOf(status: MetricStatus): Old {
  const { type, object, pods, resource, containerResource, external } = status
  return {
    type,
    object: object && {
      target: object.describedObject,
      metricName: object.metric.name,
      currentValue: object.current.value ?? '0',
      selector: object.metric.selector,
      averageValue: object.current.averageValue,
    },
    pods: pods && {
      metricName: pods.metric.name,
      currentAverageValue: pods.current.averageValue ?? '0',
      selector: pods.metric.selector,
    },
    resource: resource && oldUseStatus(resource),
    containerResource: containerResource && {
      ...oldUseStatus(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric.name,
      metricSelector: external.metric.selector,
      currentValue: external.current.value ?? '0',
      currentAverageValue: external.current.averageValue,
    },
  }
}

const useStatus = ({ currentAverageUtilization, currentAverageValue }: Old): MetricValueStatus => ({
  averageUtilization: currentAverageUtilization,
  averageValue: currentAverageValue,
})

export function metricStatusOf({ type, object, pods, resource, containerResource, external }: Old): Old {
  return {
    type,
    object: object && {
      describedObject: object.target,
      metric: { name: object.metricName, selector: object.selector },
      current: { value: object.currentValue, averageValue: object.averageValue },
    },
    pods: pods && {
      metric: { name: pods.metricName, selector: pods.selector },
      current: { averageValue: pods.currentAverageValue },
    },
    resource: resource && { name: resource.name, current: useStatus(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      current: useStatus(containerResource),
    },
    external: external && {
      metric: { name: external.metricName, selector: external.metricSelector },
      current: { value: external.currentValue, averageValue: external.currentAverageValue },
    },
  }
}
