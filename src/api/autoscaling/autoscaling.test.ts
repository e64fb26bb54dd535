import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbitraryOf } from '../arbitrary.ts'
import { decodeAs } from '../decode.ts'
import { list } from '../schema.ts'
import { made, problems, row } from '../testing.ts'
import { fromStored, toStored } from './autoscaler-conversion.ts'
import { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import { HorizontalPodAutoscaler as First } from './horizontal-pod-autoscaler-v1.ts'
import { MetricSpec } from './metric.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const autoscaler = (spec: object = {}) => ({ spec: { scaleTargetRef, maxReplicas: 5, ...spec } })
const cpu = (target: object = { type: 'Utilization', averageUtilization: 60 }) => ({
  type: 'Resource',
  resource: { name: 'cpu', target },
})
const outside = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '30' } } }

test('an autoscaler goes by the CPU unless told otherwise', () => {
  const { spec } = made(HorizontalPodAutoscaler, autoscaler())
  assert.equal(spec.minReplicas, 1)
  assert.deepEqual(spec.metrics, [cpu({ type: 'Utilization', averageUtilization: 80 })])
  assert.equal(spec.behavior, undefined)
})

test('a behaviour that is given in part is completed', () => {
  const { spec } = made(HorizontalPodAutoscaler, autoscaler({ behavior: { scaleDown: { selectPolicy: 'Disabled' } } }))
  assert.deepEqual(spec.behavior, {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: { selectPolicy: 'Disabled', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  })
})

const metrics = (...all: object[]) => autoscaler({ metrics: all })
const up = (rules: object) => autoscaler({ behavior: { scaleUp: rules } })
const kinds = '"ContainerResource", "External", "Object", "Pods", "Resource"'

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', autoscaler(), []],
  ['a metric of each sort', metrics(cpu(), outside), []],
  ['no pods at all, by what comes from outside', autoscaler({ minReplicas: 0, metrics: [outside] }), []],
  [
    'no pods at all, by the use of pods',
    autoscaler({ minReplicas: 0 }),
    [
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  [
    'nothing to scale',
    { spec: { maxReplicas: 0 } },
    [
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
    ],
  ],
  [
    'less than it has at least',
    autoscaler({ minReplicas: 6 }),
    ['spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`'],
  ],
  [
    'an unknown metric',
    metrics({ type: 'Moon' }),
    [
      `spec.metrics[0].type: Unsupported value: "Moon": supported values: ${kinds}`,
      `spec.metrics[0].type: Unsupported value: "Moon": supported values: ${kinds}`,
    ],
  ],
  [
    'a metric of another sort than it says',
    metrics({ ...cpu(), type: 'Pods' }),
    ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
  ],
  [
    'two metrics in one',
    metrics({ ...cpu(), ...outside, type: 'Resource' }),
    ['spec.metrics[0].external: Forbidden: must populate the given metric source only'],
  ],
  [
    'two targets for one metric',
    metrics(cpu({ type: 'Utilization', averageUtilization: 60, averageValue: '1' })),
    [
      'spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
    ],
  ],
  [
    'targets that cannot be',
    metrics(cpu({ type: 'Half', averageUtilization: 0 })),
    [
      'spec.metrics[0].resource.target.type: Invalid value: "Half": must be either Utilization, Value, or AverageValue',
      'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
    ],
  ],
  [
    'a container without a name',
    metrics({ type: 'ContainerResource', containerResource: { name: 'cpu', target: cpu().resource.target } }),
    ['spec.metrics[0].containerResource.container: Required value: must specify a container'],
  ],
  [
    'a metric without a name and a target',
    metrics({ type: 'Pods', pods: { target: { type: 'AverageValue' } } }),
    [
      'spec.metrics[0].pods.metric.name: Required value: must specify a metric name',
      'spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue',
    ],
  ],
  [
    'a memory too long',
    up({ stabilizationWindowSeconds: 3601 }),
    ['spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600'],
  ],
  [
    'policies that cannot be',
    up({ policies: [{ type: 'Half', value: 0, periodSeconds: 1801 }], selectPolicy: 'Best' }),
    [
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Best": supported values: "Disabled", "Max", "Min"',
      'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Half": supported values: "Percent", "Pods"',
      'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    ],
  ],
]
for (const [what, sent, expected] of wrong) {
  test(`an autoscaler with ${what} is told so`, () => {
    assert.deepEqual(problems(HorizontalPodAutoscaler, sent), expected)
  })
}

test('the first version follows the same rules', () => {
  assert.deepEqual(problems(First, { spec: { scaleTargetRef, maxReplicas: 0, targetCPUUtilizationPercentage: 0 } }), [
    'spec.maxReplicas: Invalid value: 0: must be greater than 0',
    'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
    'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
  ])
})

test('the use of CPU is a field of the first version, everything else an annotation', () => {
  const stored = made(HorizontalPodAutoscaler, metrics(cpu(), outside))
  const first = fromStored(stored)
  assert.equal(first.apiVersion, 'autoscaling/v1')
  assert.equal(first.spec.targetCPUUtilizationPercentage, 60)
  assert.deepEqual(JSON.parse(first.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? ''), [
    { type: 'External', external: { metricName: 'queue', targetValue: '30' } },
  ])
  const back = toStored(first)
  assert.equal(back.metadata.annotations, undefined)
  assert.deepEqual(back.spec.metrics, [outside, cpu()])
})

test('an annotation that cannot be read is left alone', () => {
  const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': '{', other: 'kept' }
  const first = made(First, { ...autoscaler({ targetCPUUtilizationPercentage: 50 }), metadata: { annotations } })
  const { metadata, spec } = toStored(first)
  assert.deepEqual(spec.metrics, [cpu({ type: 'Utilization', averageUtilization: 50 })])
  assert.deepEqual(metadata.annotations, { other: 'kept' })
})

test('a client writes no status through annotations', () => {
  const annotations = { 'autoscaling.alpha.kubernetes.io/conditions': '[{"type":"AbleToScale","status":"True"}]' }
  const first = made(First, { ...autoscaler(), metadata: { annotations } })
  assert.deepEqual(first.metadata.annotations, {})
  assert.deepEqual(toStored(first).status.conditions, undefined)
})

test('nothing of the status is lost in the first version', () => {
  const status = {
    currentReplicas: 2,
    desiredReplicas: 3,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 70, averageValue: '140m' } } },
      { type: 'External', external: { metric: { name: 'queue' }, current: { value: '31' } } },
    ],
    conditions: [{ type: 'AbleToScale', status: 'True', reason: 'Fine' }],
  }
  const stored = { ...made(HorizontalPodAutoscaler, autoscaler()), status }
  const first = fromStored(stored)
  assert.equal(first.status.currentCPUUtilizationPercentage, 70)
  assert.deepEqual(toStored(first).status, status)
})

test('metrics come back from the first version with their names and targets', () => {
  const comparable = ({ type, ...sources }: MetricSpec) => ({ type, sources: Object.keys(sources) })
  fc.assert(
    fc.property(fc.array(arbitraryOf(MetricSpec), { minLength: 1, maxLength: 3 }), (sent) => {
      const stored = made(HorizontalPodAutoscaler, { spec: { metrics: decodeAs(list(MetricSpec), sent).object } })
      const isCpu = ({ type, resource }: MetricSpec) =>
        type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined
      const others = (stored.spec.metrics ?? []).filter((metric) => !isCpu(metric))
      const back = (toStored(fromStored(stored)).spec.metrics ?? []).filter((metric) => !isCpu(metric))
      assert.deepEqual(back.map(comparable), others.map(comparable))
    }),
    { seed: 1, numRuns: 50 },
  )
})

test('the table tells what the metrics say', () => {
  const status = {
    currentReplicas: 2,
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 70 } } }],
  }
  const sent = { ...metrics(cpu(), outside, cpu({ type: 'AverageValue', averageValue: '1' })), status }
  assert.equal(
    row(HorizontalPodAutoscaler, sent),
    'Name=a Reference=Deployment/web Targets=cpu: 70%/60%, <unknown>/30 + 1 more... MinPods=1 MaxPods=5 Replicas=2 Age=<unknown>',
  )
  assert.equal(
    row(First, autoscaler({ targetCPUUtilizationPercentage: 50 })),
    'Name=a Reference=Deployment/web Targets=cpu: <unknown>/50% MinPods=1 MaxPods=5 Replicas=0 Age=<unknown>',
  )
})
