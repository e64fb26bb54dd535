// What stands in for what an autoscaler leaves out: how fast it goes, and what it goes by.

import type {
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
} from './horizontal-pod-autoscaler-types.ts'

const targetCpuPercent = 80

const up = (): HPAScalingRules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
})

/** The window is left to the controller, whose own default it is. */
const down = (): HPAScalingRules => ({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
})

/** A list of policies that is given counts as a whole. */
const complete = (rules: HPAScalingRules | undefined, wanted: HPAScalingRules): HPAScalingRules => ({
  ...wanted,
  ...Object.fromEntries(Object.entries(rules ?? {}).filter(([, value]) => value !== undefined)),
})

/** A behaviour that is given in part is completed in all directions. */
function completeBehavior(behavior: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscalerBehavior {
  return { scaleUp: complete(behavior.scaleUp, up()), scaleDown: complete(behavior.scaleDown, down()) }
}

export function defaultAutoscaler({ spec }: { readonly spec: HorizontalPodAutoscalerSpec }): void {
  if (!spec.metrics?.length) {
    const target = { type: 'Utilization', averageUtilization: targetCpuPercent }
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  }
  if (spec.behavior) spec.behavior = completeBehavior(spec.behavior)
}
