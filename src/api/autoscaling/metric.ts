// The metrics by which a workload can be scaled: what they should say, and what they say.

import { LabelSelector } from '../meta/label-selector.ts'
import { int32, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'

export const CrossVersionObjectReference = message(
  'autoscaling/v2.CrossVersionObjectReference',
  'An object in the same namespace, by kind and name.',
  {
    kind: req(string).at(1, 'The kind of the object.'),
    name: req(string).at(2, 'The name of the object.'),
    apiVersion: string.at(3, 'The API version of the object.'),
  },
)
export type CrossVersionObjectReference = TypeOf<typeof CrossVersionObjectReference>

export const MetricTarget = message('autoscaling/v2.MetricTarget', 'What a metric should say.', {
  type: req(string).at(1, 'Utilization, Value or AverageValue.'),
  value: opt(quantity).at(2, 'The value itself.'),
  averageValue: opt(quantity).at(3, 'The value divided by the number of pods.'),
  averageUtilization: opt(int32).at(4, 'The percentage of what the pods ask for, on average; only for resources.'),
})
export type MetricTarget = TypeOf<typeof MetricTarget>

export const ContainerResourceMetricSource = message(
  'autoscaling/v2.ContainerResourceMetricSource',
  'What one container of each pod uses.',
  {
    name: req(string).at(1, 'The resource, as cpu.'),
    target: MetricTarget.at(2, 'What it should be.'),
    container: req(string).at(3, 'The container.'),
  },
)
export type ContainerResourceMetricSource = TypeOf<typeof ContainerResourceMetricSource>

export const MetricIdentifier = message('autoscaling/v2.MetricIdentifier', 'A metric, by name and labels.', {
  name: req(string).at(1, 'The name of the metric.'),
  selector: opt(LabelSelector).at(2, 'Which of its series count; all unless given.'),
})
export type MetricIdentifier = TypeOf<typeof MetricIdentifier>

export const ExternalMetricSource = message(
  'autoscaling/v2.ExternalMetricSource',
  'A metric from outside the cluster.',
  {
    metric: MetricIdentifier.at(1, 'The metric.'),
    target: MetricTarget.at(2, 'What it should say.'),
  },
)
export type ExternalMetricSource = TypeOf<typeof ExternalMetricSource>

export const ObjectMetricSource = message('autoscaling/v2.ObjectMetricSource', 'A metric of one object.', {
  describedObject: CrossVersionObjectReference.at(1, 'The object.'),
  target: MetricTarget.at(2, 'What it should say.'),
  metric: MetricIdentifier.at(3, 'The metric.'),
})
export type ObjectMetricSource = TypeOf<typeof ObjectMetricSource>

export const PodsMetricSource = message(
  'autoscaling/v2.PodsMetricSource',
  'A metric of each pod, averaged over the pods.',
  {
    metric: MetricIdentifier.at(1, 'The metric.'),
    target: MetricTarget.at(2, 'What it should say on average.'),
  },
)
export type PodsMetricSource = TypeOf<typeof PodsMetricSource>

export const ResourceMetricSource = message(
  'autoscaling/v2.ResourceMetricSource',
  'What each pod uses of a resource.',
  {
    name: req(string).at(1, 'The resource, as cpu.'),
    target: MetricTarget.at(2, 'What it should be.'),
  },
)
export type ResourceMetricSource = TypeOf<typeof ResourceMetricSource>

export const MetricSpec = message('autoscaling/v2.MetricSpec', 'One metric to scale by.', {
  type: req(string).at(
    1,
    'Resource, ContainerResource, Pods, Object or External; the field of that name must be given.',
  ),
  object: opt(ObjectMetricSource).at(2, 'A metric of one object.'),
  pods: opt(PodsMetricSource).at(3, 'A metric of each pod.'),
  resource: opt(ResourceMetricSource).at(4, 'What each pod uses of a resource.'),
  containerResource: opt(ContainerResourceMetricSource).at(7, 'What one container of each pod uses of a resource.'),
  external: opt(ExternalMetricSource).at(5, 'A metric from outside the cluster.'),
})
export type MetricSpec = TypeOf<typeof MetricSpec>

export const MetricValueStatus = message('autoscaling/v2.MetricValueStatus', 'What a metric says.', {
  value: opt(quantity).at(1, 'The value itself.'),
  averageValue: opt(quantity).at(2, 'The value divided by the number of pods.'),
  averageUtilization: opt(int32).at(3, 'The percentage of what the pods ask for, on average.'),
})
export type MetricValueStatus = TypeOf<typeof MetricValueStatus>

export const ContainerResourceMetricStatus = message(
  'autoscaling/v2.ContainerResourceMetricStatus',
  'What one container of each pod uses.',
  {
    name: req(string).at(1, 'The resource.'),
    current: MetricValueStatus.at(2, 'What it is.'),
    container: req(string).at(3, 'The container.'),
  },
)
export type ContainerResourceMetricStatus = TypeOf<typeof ContainerResourceMetricStatus>

export const ExternalMetricStatus = message(
  'autoscaling/v2.ExternalMetricStatus',
  'What a metric from outside the cluster says.',
  {
    metric: MetricIdentifier.at(1, 'The metric.'),
    current: MetricValueStatus.at(2, 'What it says.'),
  },
)
export type ExternalMetricStatus = TypeOf<typeof ExternalMetricStatus>

export const ObjectMetricStatus = message('autoscaling/v2.ObjectMetricStatus', 'What a metric of one object says.', {
  metric: MetricIdentifier.at(1, 'The metric.'),
  current: MetricValueStatus.at(2, 'What it says.'),
  describedObject: CrossVersionObjectReference.at(3, 'The object.'),
})
export type ObjectMetricStatus = TypeOf<typeof ObjectMetricStatus>

export const PodsMetricStatus = message(
  'autoscaling/v2.PodsMetricStatus',
  'What a metric of each pod says, averaged over the pods.',
  {
    metric: MetricIdentifier.at(1, 'The metric.'),
    current: MetricValueStatus.at(2, 'What it says.'),
  },
)
export type PodsMetricStatus = TypeOf<typeof PodsMetricStatus>

export const ResourceMetricStatus = message(
  'autoscaling/v2.ResourceMetricStatus',
  'What each pod uses of a resource.',
  {
    name: req(string).at(1, 'The resource.'),
    current: MetricValueStatus.at(2, 'What it is.'),
  },
)
export type ResourceMetricStatus = TypeOf<typeof ResourceMetricStatus>

export const MetricStatus = message('autoscaling/v2.MetricStatus', 'What one metric says.', {
  type: req(string).at(1, 'Resource, ContainerResource, Pods, Object or External.'),
  object: opt(ObjectMetricStatus).at(2, 'A metric of one object.'),
  pods: opt(PodsMetricStatus).at(3, 'A metric of each pod.'),
  resource: opt(ResourceMetricStatus).at(4, 'What each pod uses of a resource.'),
  containerResource: opt(ContainerResourceMetricStatus).at(7, 'What one container of each pod uses of a resource.'),
  external: opt(ExternalMetricStatus).at(5, 'A metric from outside the cluster.'),
})
export type MetricStatus = TypeOf<typeof MetricStatus>
