import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Deployment } from '#api/apps/deployment.ts'
import type { ReplicaSet } from '#api/apps/replica-set.ts'
import { type Action, plan } from './deployment-plan.ts'
import { at, deployment, replicaSet, startMs } from './fixtures.ts'

const nowMs = startMs + 1000

/** `create 3`, `v1 4>3`, `delete v1`, `v2 =` for a change of annotations only. */
const show = (action: Action): string => {
  if (action.do === 'create') return `create ${action.replicas}`
  if (action.do === 'delete') return `delete ${action.set.metadata.name}`
  const { replicas } = action.set.spec
  return `${action.set.metadata.name} ${replicas === action.replicas ? '=' : `${replicas}>${action.replicas}`}`
}

const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
})
const sizes = (desired: number, max: number) => ({
  annotations: {
    'deployment.kubernetes.io/desired-replicas': String(desired),
    'deployment.kubernetes.io/max-replicas': String(max),
  },
})
const v1 = (replicas: number, options: object = {}) => replicaSet('v1', replicas, { revision: 1, ...options })
const v2 = (replicas: number, options: object = {}) =>
  replicaSet('v2', replicas, { revision: 2, created: 10, ...options })
const shows = (revision: string, conditions?: object[]) => ({
  metadata: { annotations: { 'deployment.kubernetes.io/revision': revision } },
  status: conditions ? { conditions } : {},
})

interface Case {
  readonly name: string
  readonly deployment: Deployment
  readonly sets: readonly ReplicaSet[]
  readonly oldPodsRun?: boolean
  readonly want: readonly string[]
}

const cases: readonly Case[] = [
  { name: 'creates the first set in full', deployment: deployment(3), sets: [], want: ['create 3'] },
  { name: 'does nothing when all is done', deployment: deployment(3), sets: [v2(3)], want: [] },
  {
    name: 'starts a rollout with the surge, and shrinks by what may be unavailable',
    deployment: deployment(4),
    sets: [v1(4)],
    want: ['create 1', 'v1 4>3'],
  },
  {
    name: 'starts with the surge alone when nothing may be unavailable',
    deployment: deployment(4, rolling(1, 0)),
    sets: [v1(4)],
    want: ['create 1'],
  },
  {
    name: 'creates an empty set when there is no surge, and makes room',
    deployment: deployment(4, rolling(0, 1)),
    sets: [v1(4)],
    want: ['create 0', 'v1 4>3'],
  },
  {
    name: 'waits for new pods to be available before old ones go',
    deployment: deployment(4, rolling(1, 0)),
    sets: [v1(4), v2(1, { available: 0 })],
    want: [],
  },
  {
    name: 'lets an old pod go for a new one that is available',
    deployment: deployment(4, rolling(1, 0)),
    sets: [v1(4), v2(1)],
    want: ['v1 4>3'],
  },
  {
    name: 'grows the new set as the old one shrinks',
    deployment: deployment(4, rolling(1, 0)),
    sets: [v1(3), v2(1)],
    want: ['v2 1>2'],
  },
  {
    name: 'takes pods that do not work away first, from the oldest set on',
    deployment: deployment(4, rolling(1, 1)),
    sets: [
      replicaSet('v0', 2, { available: 0, revision: 1, created: -10 }),
      v1(3, { revision: 2 }),
      v2(0, { revision: 3 }),
    ],
    want: ['v0 2>0'],
  },
  {
    name: 'never takes the old pods down for a version that does not come up',
    deployment: deployment(4, rolling('25%', '25%')),
    sets: [v1(3), v2(2, { available: 0 })],
    want: [],
  },
  {
    name: 'rounds the surge up and the unavailable down',
    deployment: deployment(3, rolling('25%', '25%')),
    sets: [v1(3)],
    want: ['create 1'],
  },
  {
    name: 'lets one be unavailable when both limits round to nothing',
    deployment: deployment(3, rolling('0%', '10%')),
    sets: [v1(3)],
    want: ['create 0', 'v1 3>2'],
  },
  {
    name: 'shrinks a new set that is too large',
    deployment: deployment(2),
    sets: [v2(5)],
    want: ['v2 5>2'],
  },
  {
    name: 'goes back to the set that has the template, with a new revision',
    deployment: deployment(2, {}, shows('2')),
    sets: [replicaSet('back', 0, { image: 'v2', revision: 1 }), replicaSet('bad', 2, { revision: 2, created: 10 })],
    want: ['back 0>1'],
  },
  {
    name: 'first scales every set in proportion when the size changed during a rollout',
    deployment: deployment(15, rolling(3, 2)),
    sets: [v1(8, sizes(10, 13)), v2(5, { available: 0, ...sizes(10, 13) })],
    want: ['v2 5>7', 'v1 8>11'],
  },
  {
    name: 'scales down in proportion',
    deployment: deployment(5, rolling(3, 2)),
    sets: [v1(8, sizes(10, 13)), v2(5, { available: 0, ...sizes(10, 13) })],
    want: ['v2 5>3', 'v1 8>5'],
  },
  {
    name: 'scales the only set',
    deployment: deployment(7),
    sets: [v2(3, sizes(3, 4))],
    want: ['v2 3>7'],
  },
  {
    name: 'scales to zero',
    deployment: deployment(0),
    sets: [v1(2, sizes(3, 4)), v2(2, sizes(3, 4))],
    want: ['v2 2>0', 'v1 2>0'],
  },
  {
    name: 'puts the annotation right when somebody else has sized the set',
    deployment: deployment(5),
    sets: [v2(5, sizes(3, 4))],
    want: ['v2 ='],
  },
  {
    name: 'creates nothing while paused, but scales',
    deployment: deployment(5, { paused: true }),
    sets: [v1(3, sizes(3, 4))],
    want: ['v1 3>5'],
  },
  {
    name: 'recreates by stopping everything first',
    deployment: deployment(3, { strategy: { type: 'Recreate' } }),
    sets: [v1(3)],
    oldPodsRun: true,
    want: ['v1 3>0'],
  },
  {
    name: 'recreates only when no old pod is left',
    deployment: deployment(3, { strategy: { type: 'Recreate' } }),
    sets: [v1(0)],
    oldPodsRun: true,
    want: [],
  },
  {
    name: 'recreates in full',
    deployment: deployment(3, { strategy: { type: 'Recreate' } }),
    sets: [v1(0)],
    want: ['create 3'],
  },
  {
    name: 'forgets the oldest revisions once complete',
    deployment: deployment(
      1,
      { revisionHistoryLimit: 1 },
      {
        status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
      },
    ),
    sets: [
      replicaSet('r2', 0, { revision: 2 }),
      replicaSet('r1', 0, { revision: 1 }),
      replicaSet('r3', 0, { revision: 3 }),
      v2(1, { revision: 4 }),
    ],
    want: ['delete r1', 'delete r2'],
  },
  {
    name: 'does nothing while it is being deleted',
    deployment: deployment(3, {}, { metadata: { deletionTimestamp: at(0) } }),
    sets: [v1(3)],
    want: [],
  },
]

for (const { name, deployment: wanted, sets, oldPodsRun = false, want } of cases)
  test(`plan() ${name}`, () => {
    const { actions } = plan(wanted, sets, oldPodsRun, nowMs)
    assert.deepEqual(actions.map(show), want)
  })

test('plan() names a new set by the hash of its template and labels its pods with it', () => {
  const [action] = plan(deployment(3), [v1(3)], false, nowMs).actions
  assert.ok(action?.do === 'create')
  const hash = action.set.metadata.labels?.['pod-template-hash'] ?? ''
  assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
  assert.equal(action.set.metadata.name, `web-${hash}`)
  assert.deepEqual(action.set.spec?.selector?.matchLabels, { app: 'web', 'pod-template-hash': hash })
  assert.equal(action.set.spec?.template?.metadata?.labels?.['pod-template-hash'], hash)
  assert.equal(action.set.metadata.annotations?.['deployment.kubernetes.io/revision'], '2')
  const [after] = plan(deployment(3, {}, { status: { collisionCount: 1 } }), [], false, nowMs).actions
  assert.ok(after?.do === 'create' && after.set.metadata.name !== action.set.metadata.name)
})

test('plan() counts revisions on, and keeps those that a set had before', () => {
  const back = replicaSet('back', 0, { image: 'v2', revision: 1 })
  const { actions, revision } = plan(
    deployment(2, {}, shows('4')),
    [back, replicaSet('bad', 2, { revision: 4 })],
    false,
    nowMs,
  )
  const update = actions.find((action) => action.do === 'update')
  assert.equal(revision, '5')
  assert.equal(update?.annotations['deployment.kubernetes.io/revision'], '5')
  assert.equal(update?.annotations['deployment.kubernetes.io/revision-history'], '1')
})

test("plan() hands the Deployment's annotations on to the newest set, but not its own", () => {
  const annotations = { 'kubernetes.io/change-cause': 'why', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
  const [action] = plan(deployment(2, {}, { metadata: { annotations } }), [], false, nowMs).actions
  assert.ok(action?.do === 'create')
  assert.deepEqual(action.set.metadata.annotations, {
    'kubernetes.io/change-cause': 'why',
    'deployment.kubernetes.io/revision': '1',
  })
})

const conditionsAt = (found: Deployment, sets: readonly ReplicaSet[], seconds = 1) =>
  Object.fromEntries(
    (plan(found, sets, false, startMs + seconds * 1000).status.conditions ?? []).map((condition) => [
      condition.type,
      `${condition.status} ${condition.reason} ${condition.message}`,
    ]),
  )

const progressing = (reason: string, status = 'True', seconds = 0) => ({
  type: 'Progressing',
  status,
  reason,
  message: 'x',
  lastUpdateTime: at(seconds),
  lastTransitionTime: at(seconds),
})

test('the conditions of a complete rollout', () => {
  const found = deployment(3, {}, shows('2', [progressing('ReplicaSetUpdated')]))
  assert.deepEqual(conditionsAt(found, [v2(3)]), {
    Available: 'True MinimumReplicasAvailable Deployment has minimum availability.',
    Progressing: 'True NewReplicaSetAvailable ReplicaSet "v2" has successfully progressed.',
  })
})

test('the conditions of a rollout that makes progress', () => {
  const found = deployment(3, {}, shows('2', [progressing('NewReplicaSetCreated')]))
  assert.deepEqual(conditionsAt(found, [v1(3, { available: 1 }), v2(1, { available: 0 })]), {
    Available: 'False MinimumReplicasUnavailable Deployment does not have minimum availability.',
    Progressing: 'True ReplicaSetUpdated ReplicaSet "v2" is progressing.',
  })
})

test('a rollout without progress fails when its deadline has passed, not before', () => {
  const status = {
    replicas: 4,
    updatedReplicas: 1,
    readyReplicas: 3,
    availableReplicas: 3,
    conditions: [progressing('ReplicaSetUpdated')],
  }
  const found = deployment(3, rolling(1, 0), { status })
  const sets = [v1(3), v2(1, { available: 0 })]
  assert.equal(conditionsAt(found, sets, 600).Progressing, 'True ReplicaSetUpdated x')
  assert.equal(
    conditionsAt(found, sets, 601).Progressing,
    'False ProgressDeadlineExceeded ReplicaSet "v2" has timed out progressing.',
  )
})

test('a rollout without a deadline has no condition Progressing', () => {
  const found = deployment(3, { progressDeadlineSeconds: undefined }, shows('2', [progressing('ReplicaSetUpdated')]))
  assert.deepEqual(Object.keys(conditionsAt(found, [v2(3)])), ['Available'])
})

test('pausing and resuming are conditions of their own', () => {
  const paused = deployment(3, { paused: true }, shows('2', [progressing('ReplicaSetUpdated')]))
  assert.equal(
    conditionsAt(paused, [v2(3, { available: 1 })]).Progressing,
    'Unknown DeploymentPaused Deployment is paused',
  )
  const resumed = deployment(
    3,
    {},
    {
      status: {
        conditions: [progressing('DeploymentPaused', 'Unknown')],
        replicas: 3,
        updatedReplicas: 3,
        readyReplicas: 1,
        availableReplicas: 1,
      },
    },
  )
  assert.equal(
    conditionsAt(resumed, [v2(3, { available: 1 })]).Progressing,
    'Unknown DeploymentResumed Deployment is resumed',
  )
})

test('a failure of the newest set shows on the Deployment', () => {
  const failure = {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: 'quota',
    lastTransitionTime: at(0),
  }
  const { ReplicaFailure } = conditionsAt(deployment(3), [v2(3, { status: { conditions: [failure] } })])
  assert.equal(ReplicaFailure, 'True FailedCreate quota')
})

test('the status counts what the sets show', () => {
  const { status } = plan(deployment(4), [v1(3, { available: 2 }), v2(2, { available: 1 })], false, nowMs)
  const { conditions: _, ...counts } = status
  assert.deepEqual(counts, {
    observedGeneration: 1,
    replicas: 5,
    updatedReplicas: 2,
    readyReplicas: 3,
    availableReplicas: 3,
    unavailableReplicas: 2,
    terminatingReplicas: 0,
  })
})
