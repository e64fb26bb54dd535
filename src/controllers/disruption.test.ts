import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Deployment } from '#api/apps/deployment.ts'
import { Pod } from '#api/core/pod.ts'
import { PodDisruptionBudget } from '#api/policy/pod-disruption-budget.ts'
import { plan } from './disruption.ts'
import { at, pod, startMs } from './fixtures.ts'
import { startWorld } from './testing.ts'

const budget = (spec: object, status: object = {}): PodDisruptionBudget =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b', namespace: 'a', generation: 1 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...status },
  }) as unknown as PodDisruptionBudget

const healthy = (count: number) => Array.from({ length: count }, (_, n) => pod(`p${n}`, { ready: 0 }))
const nowMs = startMs + 60_000

const cases = [
  { name: 'a least number', spec: { minAvailable: 2 }, pods: healthy(3), want: [1, 3, 2, 3] },
  {
    name: 'a least share, of what owners want',
    spec: { minAvailable: '50%' },
    pods: healthy(3),
    expected: 5,
    want: [0, 3, 3, 5],
  },
  { name: 'a largest number', spec: { maxUnavailable: 1 }, pods: healthy(3), expected: 3, want: [1, 3, 2, 3] },
  {
    name: 'a largest share rounds up',
    spec: { maxUnavailable: '30%' },
    pods: healthy(4),
    expected: 4,
    want: [2, 4, 2, 4],
  },
  { name: 'unready pods do not count', spec: { minAvailable: 1 }, pods: [...healthy(1), pod('x')], want: [0, 1, 1, 2] },
  {
    name: 'nothing is allowed where nothing is',
    spec: { maxUnavailable: 5 },
    pods: [],
    expected: 0,
    want: [0, 0, 0, 0],
  },
]
for (const { name, spec, pods, expected = 3, want } of cases)
  test(`plan(): ${name}`, () => {
    const { status } = plan(budget(spec), pods, { expected }, nowMs)
    const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = status
    assert.deepEqual([disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods], want)
    const reason = (want[0] ?? 0) > 0 ? 'SufficientPods' : 'InsufficientPods'
    assert.equal(status.conditions?.[0]?.reason, reason)
  })

test('plan() does not count a pod whose eviction was granted, for two minutes', () => {
  const granted = budget({ minAvailable: 1 }, { disruptedPods: { p0: at(0), p1: at(-100) } })
  const { status, againAtMs, undeleted } = plan(granted, healthy(3), { expected: 3 }, nowMs)
  assert.deepEqual([status.currentHealthy, status.disruptedPods], [2, { p0: at(0) }])
  assert.equal(againAtMs, startMs + 120_000)
  assert.deepEqual(
    undeleted.map(({ metadata }) => metadata.name),
    ['p1'],
  )
})

test('plan() allows nothing when the owners cannot be reckoned with', () => {
  const { status } = plan(
    budget({ maxUnavailable: 1 }, { currentHealthy: 3 }),
    healthy(3),
    { failure: 'no scale' },
    nowMs,
  )
  assert.deepEqual(
    [status.disruptionsAllowed, status.currentHealthy, status.conditions?.[0]?.reason],
    [0, 3, 'SyncFailed'],
  )
})

test('a budget follows the pods of a Deployment', async () => {
  const world = await startWorld()
  await world.node('n1')
  world.autoReady()
  await world.client.create(PodDisruptionBudget, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { maxUnavailable: '50%', selector: { matchLabels: { app: 'web' } } },
  })
  await world.client.create(Deployment, {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'x' }] } },
    },
  })
  await world.settle()
  const status = async () => {
    const found = await world.get(PodDisruptionBudget, 'web', 'default')
    const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = found!.status
    return [disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods]
  }
  assert.deepEqual(await status(), [2, 4, 2, 4])
  const [first] = await world.list(Pod, 'default')
  await world.setStatus(Pod, { namespace: 'default', name: first?.metadata.name ?? '' }, (old) => ({
    ...old,
    conditions: [{ type: 'Ready', status: 'False' }],
  }))
  await world.settle()
  assert.deepEqual(await status(), [1, 3, 2, 4])
  await world.stop()
})
