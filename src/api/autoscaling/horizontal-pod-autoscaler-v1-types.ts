// The messages that an autoscaler is made of in its first version; the kind itself is in horizontal-pod-autoscaler-v1.ts.

import { int32, int64, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const CrossVersionObjectReference = message(
  'autoscaling/v1.CrossVersionObjectReference',
  'An object in the same namespace, by kind and name.',
  {
    kind: req(string).at(1, 'The kind of the object.'),
    name: req(string).at(2, 'The name of the object.'),
    apiVersion: string.at(3, 'The API version of the object.'),
  },
).atomic()
export type CrossVersionObjectReference = TypeOf<typeof CrossVersionObjectReference>

export const HorizontalPodAutoscalerSpec = message(
  'autoscaling/v1.HorizontalPodAutoscalerSpec',
  'What is scaled, and by what.',
  {
    scaleTargetRef: CrossVersionObjectReference.at(1, 'What is scaled; it must have the subresource scale.'),
    minReplicas: opt(int32).default(1).at(2, 'How many replicas there are at least; 1 unless given.'),
    maxReplicas: req(int32).at(3, 'How many replicas there are at most.'),
    targetCPUUtilizationPercentage: opt(int32).at(
      4,
      'How much of the requested CPU the pods shall use on average; 80 unless given.',
    ),
  },
)
export type HorizontalPodAutoscalerSpec = TypeOf<typeof HorizontalPodAutoscalerSpec>

export const HorizontalPodAutoscalerStatus = message(
  'autoscaling/v1.HorizontalPodAutoscalerStatus',
  'What is known of an autoscaler.',
  {
    observedGeneration: opt(int64).at(1, 'The generation of the spec that this status is about.'),
    lastScaleTime: opt(time).at(2, 'When the number of replicas was last changed.'),
    currentReplicas: req(int32).at(3, 'How many replicas there are.'),
    desiredReplicas: req(int32).at(4, 'How many replicas there should be.'),
    currentCPUUtilizationPercentage: opt(int32).at(5, 'How much of the requested CPU the pods use on average.'),
  },
)
export type HorizontalPodAutoscalerStatus = TypeOf<typeof HorizontalPodAutoscalerStatus>
