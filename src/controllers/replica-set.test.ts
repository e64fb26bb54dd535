import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, pod, replicaSet, startMs } from './fixtures.ts'
import { burst, plan, statusOf } from './replica-set.ts'

const nowMs = startMs + 100_000
const pods = (count: number, options = {}) => Array.from({ length: count }, (_, i) => pod(`p${i}`, options))
const none = () => []

const cases = [
  { name: 'creates what is missing', set: replicaSet('s', 3), pods: pods(1), create: 2, remove: [] },
  { name: 'does nothing when all is there', set: replicaSet('s', 3), pods: pods(3), create: 0, remove: [] },
  { name: 'removes what is too much', set: replicaSet('s', 2), pods: pods(3), create: 0, remove: ['p0'] },
  {
    name: 'replaces pods that have ended',
    set: replicaSet('s', 2),
    pods: pods(2, { phase: 'Failed' }),
    create: 2,
    remove: [],
  },
  {
    name: 'replaces pods that are being deleted',
    set: replicaSet('s', 2),
    pods: pods(2, { deleted: 1 }),
    create: 2,
    remove: [],
  },
  { name: 'creates no more than a burst at a time', set: replicaSet('s', 5000), pods: [], create: burst, remove: [] },
  {
    name: 'leaves everything alone while the set is being deleted',
    set: { ...replicaSet('s', 3), metadata: { ...replicaSet('s', 3).metadata, deletionTimestamp: at(1) } },
    pods: pods(1),
    create: 0,
    remove: [],
  },
]
for (const { name, set, pods, create, remove } of cases)
  test(`plan() ${name}`, () => {
    const result = plan(set, pods, () => pods, nowMs)
    assert.deepEqual([result.create, result.remove.map(({ metadata }) => metadata.name)], [create, remove])
  })

test('plan() looks at related pods only when something has to go', () => {
  assert.doesNotThrow(() =>
    plan(
      replicaSet('s', 3),
      pods(3),
      () => {
        throw new Error('looked')
      },
      nowMs,
    ),
  )
  assert.equal(plan(replicaSet('s', 1), pods(2), none, nowMs).remove.length, 1)
})

test('statusOf() counts what the pods show', () => {
  const set = replicaSet('s', 4, { status: { conditions: undefined } })
  const withTime = { ...set, spec: { ...set.spec, minReadySeconds: 30 } }
  const labels = set.spec.template.metadata.labels ?? {}
  const { status, againAtMs } = statusOf(
    withTime,
    [
      pod('old', { ready: 10, labels }),
      pod('new', { ready: 90, labels }),
      pod('unlabelled', { ready: 10 }),
      pod('unready', { labels }),
      pod('going', { deleted: 90, labels }),
      pod('ended', { phase: 'Succeeded', labels }),
    ],
    undefined,
    nowMs,
  )
  assert.deepEqual(status, {
    replicas: 4,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 2,
    terminatingReplicas: 1,
    observedGeneration: 1,
  })
  assert.equal(againAtMs, startMs + 120_000)
})

test('statusOf() keeps the first failure and takes it away when it has passed', () => {
  const failure = { reason: 'FailedCreate', message: 'quota' } as const
  const { status } = statusOf(replicaSet('s', 1), [], failure, nowMs)
  assert.deepEqual(status.conditions, [
    { type: 'ReplicaFailure', status: 'True', lastTransitionTime: at(100), reason: 'FailedCreate', message: 'quota' },
  ])
  const failed = { ...replicaSet('s', 1), status }
  assert.deepEqual(
    statusOf(failed, [], { ...failure, message: 'other' }, nowMs + 5000).status.conditions,
    status.conditions,
  )
  assert.equal(statusOf(failed, [], undefined, nowMs).status.conditions, undefined)
})
