import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { Deployment } from './deployment.ts'
import { ReplicaSet } from './replica-set.ts'

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
const deployment = (spec: object = {}) => ({ spec: { selector: { matchLabels: labels }, template, ...spec } })

test('a deployment has what was left out', () => {
  const { spec, status } = made(Deployment, { ...deployment(), status: { replicas: 7 } })
  assert.deepEqual(status, {})
  const { template: pods, selector: _, ...others } = spec
  assert.deepEqual(others, {
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  })
  assert.equal(pods.spec.containers[0]?.imagePullPolicy, 'IfNotPresent')
  // A template is no pod yet.
  assert.equal(pods.spec.enableServiceLinks, undefined)
  assert.equal(pods.spec.priority, undefined)
})

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', deployment(), []],
  [
    'a selector of other labels',
    deployment({ selector: { matchLabels: { app: 'other' } } }),
    ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  ],
  [
    'no selector',
    { spec: { template } },
    [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'a selector of everything',
    deployment({ selector: {} }),
    ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  ],
  [
    'a selector that cannot be',
    deployment({ selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } }),
    ["spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
  ],
  [
    'less than no replicas',
    deployment({ replicas: -1 }),
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'a rollout that cannot move',
    deployment({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } }),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
  ],
  [
    'bounds that are none',
    deployment({ strategy: { rollingUpdate: { maxUnavailable: '150%', maxSurge: 'x' } } }),
    [
      "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%',
    ],
  ],
  [
    'bounds of a rollout that has none',
    deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
    ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
  ],
  [
    'pods that end',
    deployment({ template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }),
    ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
  ],
  [
    'no time to become available',
    deployment({ minReadySeconds: 60, progressDeadlineSeconds: 60 }),
    ['spec.progressDeadlineSeconds: Invalid value: 60: must be greater than minReadySeconds'],
  ],
  [
    'a container without image',
    deployment({ template: { ...template, spec: { containers: [{ name: 'web' }] } } }),
    ['spec.template.spec.containers[0].image: Required value'],
  ],
]
for (const [what, sent, expected] of wrong) {
  test(`a deployment with ${what} is told so`, () => {
    assert.deepEqual(problems(Deployment, sent), expected)
  })
}

test('the selector never changes', () => {
  const other = { app: 'other' }
  const after = deployment({ selector: { matchLabels: other }, template: { ...template, metadata: { labels: other } } })
  for (const kind of [Deployment, ReplicaSet]) {
    assert.deepEqual(changeProblems(kind, deployment(), after), [
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ])
  }
})

test('there cannot be more ready pods than pods', () => {
  const status = { status: { replicas: 1, readyReplicas: 2 } }
  assert.deepEqual(changeProblems(ReplicaSet, deployment(), { ...deployment(), ...status }, 'status'), [
    'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
  ])
})

test('both are scaled in the same way', () => {
  for (const kind of [Deployment, ReplicaSet]) {
    const object = made(kind as typeof Deployment, deployment())
    const { scale } = kind as typeof Deployment
    scale?.setSpecReplicas(object, 5)
    assert.deepEqual(
      [scale?.specReplicas(object), scale?.statusReplicas(object), scale?.selector(object)],
      [5, 0, 'app=web'],
    )
  }
})

test('the tables have the cells of upstream', () => {
  const object = made(Deployment, deployment({ replicas: 3 }))
  Object.assign(object.status, { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1, replicas: 3 })
  const row = (kind: typeof Deployment) =>
    kind.columns.map(({ name, value }) => `${name}=${value(object, 0)}`).join(' ')
  assert.equal(
    row(Deployment),
    'Name=a Ready=2/3 Up-to-date=3 Available=1 Age=<unknown> Containers=web Images=web:1 Selector=app=web',
  )
  assert.equal(
    row(ReplicaSet as never),
    'Name=a Desired=3 Current=3 Ready=2 Age=<unknown> Containers=web Images=web:1 Selector=app=web',
  )
})
