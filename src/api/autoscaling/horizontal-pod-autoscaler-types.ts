// The messages that an autoscaler is made of; the kind itself is in horizontal-pod-autoscaler.ts.

import { int32, int64, list, message, opt, quantity, req, string, type TypeOf, time } from '../schema.ts'
import { CrossVersionObjectReference, MetricSpec, MetricStatus } from './metric.ts'

export const HPAScalingPolicy = message(
  'autoscaling/v2.HPAScalingPolicy',
  'How fast the number of replicas may change.',
  {
    type: req(string.oneOf('Percent', 'Pods')).at(1, 'Pods or Percent.'),
    value: req(int32).at(2, 'By how much it may change within a period.'),
    periodSeconds: req(int32).at(3, 'The period; at most 1800.'),
  },
)
export type HPAScalingPolicy = TypeOf<typeof HPAScalingPolicy>

export const HPAScalingRules = message(
  'autoscaling/v2.HPAScalingRules',
  'How fast and how steadily scaling goes in one direction.',
  {
    stabilizationWindowSeconds: opt(int32).at(
      3,
      'For how many seconds back wishes count; upwards 0, downwards 300 unless given.',
    ),
    selectPolicy: opt(string.oneOf('Disabled', 'Max', 'Min')).at(
      1,
      'Which of the policies counts: Max, Min, or Disabled for no scaling in this direction.',
    ),
    policies: list(HPAScalingPolicy).owned('atomic').at(2, 'How fast the number may change.'),
    tolerance: opt(quantity).at(4, 'By what part a metric may be off its target without scaling; 0.1 unless given.'),
  },
)
export type HPAScalingRules = TypeOf<typeof HPAScalingRules>

export const HorizontalPodAutoscalerBehavior = message(
  'autoscaling/v2.HorizontalPodAutoscalerBehavior',
  'How fast and how steadily scaling goes.',
  {
    scaleUp: opt(HPAScalingRules).at(1, 'Upwards; by 4 pods or 100 percent each 15 seconds unless given.'),
    scaleDown: opt(HPAScalingRules).at(2, 'Downwards; by 100 percent each 15 seconds unless given.'),
  },
)
export type HorizontalPodAutoscalerBehavior = TypeOf<typeof HorizontalPodAutoscalerBehavior>

export const HorizontalPodAutoscalerSpec = message(
  'autoscaling/v2.HorizontalPodAutoscalerSpec',
  'What is scaled, and by what.',
  {
    scaleTargetRef: CrossVersionObjectReference.at(1, 'What is scaled; it must have the subresource scale.'),
    minReplicas: opt(int32).default(1).at(2, 'How many replicas there are at least; 1 unless given.'),
    maxReplicas: req(int32).at(3, 'How many replicas there are at most.'),
    metrics: list(MetricSpec)
      .owned('atomic')
      .at(4, 'What it is scaled by; the metric that wants most counts. 80 percent of the requested CPU unless given.'),
    behavior: opt(HorizontalPodAutoscalerBehavior).at(5, 'How fast and how steadily it is scaled.'),
  },
)
export type HorizontalPodAutoscalerSpec = TypeOf<typeof HorizontalPodAutoscalerSpec>

export const HorizontalPodAutoscalerCondition = message(
  'autoscaling/v2.HorizontalPodAutoscalerCondition',
  'One finding about an autoscaler.',
  {
    type: req(string).at(1, 'What is found out: AbleToScale, ScalingActive or ScalingLimited.'),
    status: req(string).at(2, 'True, False or Unknown.'),
    lastTransitionTime: time.at(3, 'When the status last changed.'),
    reason: string.at(4, 'Why the status is as it is, in one word.'),
    message: string.at(5, 'The finding in words.'),
    observedGeneration: opt(int64).at(6, 'The generation of the spec that the finding is about.'),
  },
)
export type HorizontalPodAutoscalerCondition = TypeOf<typeof HorizontalPodAutoscalerCondition>

export const HorizontalPodAutoscalerStatus = message(
  'autoscaling/v2.HorizontalPodAutoscalerStatus',
  'What is known of an autoscaler.',
  {
    observedGeneration: opt(int64).at(1, 'The generation of the spec that this status is about.'),
    lastScaleTime: opt(time).at(2, 'When the number of replicas was last changed.'),
    currentReplicas: int32.at(3, 'How many replicas there are.'),
    desiredReplicas: req(int32).at(4, 'How many replicas there should be.'),
    currentMetrics: req(list(MetricStatus)).owned('atomic').at(5, 'What the metrics say, in the order of the spec.'),
    conditions: list(HorizontalPodAutoscalerCondition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(6, 'The latest findings, one of each type.'),
  },
)
export type HorizontalPodAutoscalerStatus = TypeOf<typeof HorizontalPodAutoscalerStatus>
