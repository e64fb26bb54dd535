import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#api/core/pod.ts'
import type { PodStatus } from '#api/core/pod-status.ts'
import { containerOf, exitedOf, observedOf, podOf, sandboxOf, startMs } from './fixtures.ts'
import { nextStep } from './next-step.ts'
import type { Observed } from './observed.ts'
import { podStatus } from './status.ts'
import { statusPatch } from './status-writer.ts'

const nowMs = startMs + 5000

function statusOf(pod: Pod, observed: Partial<Observed>, previous?: PodStatus): PodStatus {
  const all = observedOf(observed)
  return podStatus({
    pod,
    observed: all,
    step: nextStep(pod, all, nowMs),
    previous,
    hostIPs: ['192.168.0.1'],
    podIPs: ['10.0.0.5'],
    runtimeName: 'containerd',
    nowMs,
  })
}

const condition = (status: PodStatus, type: string) => status.conditions?.find((c) => c.type === type)

test('a pod that waits for its container is Pending, and says for which', () => {
  const status = statusOf(podOf(), { sandboxes: [] })
  assert.equal(status.phase, 'Pending')
  assert.deepEqual(status.containerStatuses?.[0]?.state, { waiting: { reason: 'ContainerCreating' } })
  assert.deepEqual(
    [condition(status, 'Ready')?.reason, condition(status, 'Ready')?.message],
    ['ContainersNotReady', 'containers with unready status: [app]'],
  )
  assert.equal(condition(status, 'PodReadyToStartContainers')?.status, 'False')
  assert.equal(condition(status, 'Initialized')?.status, 'True')
})

test('a running pod is Ready, with ids, addresses and what it has been given', () => {
  const resources = { requests: { cpu: '100m' }, limits: { cpu: '200m', memory: '1Gi' } }
  const pod = podOf({ spec: { containers: [{ name: 'app', image: 'app:1', resources }] } })
  const status = statusOf(pod, { containers: [containerOf()] })
  assert.equal(status.phase, 'Running')
  assert.equal(status.observedGeneration, 1)
  assert.equal(status.qosClass, 'Burstable')
  assert.deepEqual(status.podIPs, [{ ip: '10.0.0.5' }])
  assert.deepEqual(status.hostIPs, [{ ip: '192.168.0.1' }])
  assert.deepEqual(status.containerStatuses, [
    {
      name: 'app',
      state: { running: { startedAt: '2030-01-01T00:00:00Z' } },
      lastState: {},
      ready: true,
      restartCount: 0,
      image: 'app:1',
      imageID: 'sha256:app:1',
      containerID: 'containerd://app-0',
      started: true,
      allocatedResources: { cpu: '100m' },
      resources,
    },
  ])
})

test('the phase follows from containers and policy', () => {
  const two = (policy: string) =>
    podOf({
      spec: {
        restartPolicy: policy as 'Always',
        containers: [
          { name: 'a', image: 'app:1', resources: {} },
          { name: 'b', image: 'app:1', resources: {} },
        ],
      },
    })
  const cases: [string, Observed['containers'], string][] = [
    ['Always', [containerOf({ name: 'a' })], 'Pending'],
    ['Always', [containerOf({ name: 'a' }), exitedOf(1, { name: 'b' })], 'Running'],
    ['Always', [exitedOf(0, { name: 'a' }), exitedOf(1, { name: 'b' })], 'Running'],
    ['OnFailure', [exitedOf(0, { name: 'a' }), exitedOf(1, { name: 'b' })], 'Running'],
    ['OnFailure', [exitedOf(0, { name: 'a' }), exitedOf(0, { name: 'b' })], 'Succeeded'],
    ['Never', [exitedOf(0, { name: 'a' }), exitedOf(1, { name: 'b' })], 'Failed'],
    ['Never', [exitedOf(0, { name: 'a' }), containerOf({ name: 'b' })], 'Running'],
  ]
  for (const [policy, containers, phase] of cases) assert.equal(statusOf(two(policy), { containers }).phase, phase)
})

test('an ephemeral container has a status, and no part in phase and readiness', () => {
  const ephemeralContainers = [{ name: 'debug', image: 'debug:1', resources: {} }]
  const pod = podOf({ spec: { containers: [{ name: 'app', image: 'app:1', resources: {} }], ephemeralContainers } })
  const debug = { name: 'debug', image: 'debug:1' }
  const cases = [
    [[], { waiting: { reason: 'ContainerCreating' } }],
    [[containerOf(debug)], { running: { startedAt: '2030-01-01T00:00:00Z' } }],
    [
      [exitedOf(3, debug)],
      {
        terminated: {
          exitCode: 3,
          reason: 'Error',
          startedAt: '2030-01-01T00:00:00Z',
          finishedAt: '2030-01-01T00:00:01Z',
          containerID: 'containerd://debug-0',
        },
      },
    ],
  ] as const
  for (const [containers, state] of cases) {
    const status = statusOf(pod, { containers: [containerOf(), ...containers] })
    assert.equal(status.phase, 'Running')
    assert.equal(condition(status, 'Ready')?.status, 'True')
    const [told] = status.ephemeralContainerStatuses ?? []
    assert.deepEqual([told?.name, told?.state, told?.ready, told?.started], ['debug', state, false, undefined])
    assert.equal(status.containerStatuses?.length, 1)
  }
})

test('a container in back-off shows its last end beside why it waits', () => {
  const backOff = new Map([['app', { delayMs: 20_000, updatedMs: startMs }]])
  const containers = [exitedOf(1, { restartCount: 3 }), exitedOf(2, { restartCount: 2 })]
  const status = statusOf(podOf(), { containers, backOff }).containerStatuses?.[0]
  assert.equal(status?.state.waiting?.reason, 'CrashLoopBackOff')
  assert.equal(status?.state.waiting?.message, 'back-off 20s restarting failed container=app pod=a_ns(u)')
  assert.equal(status?.lastState.terminated?.exitCode, 1)
  assert.equal(status?.restartCount, 3)
})

test('a restarted container shows how the run before ended', () => {
  const containers = [containerOf({ restartCount: 1 }), exitedOf(137, { reason: 'OOMKilled' })]
  const status = statusOf(podOf(), { containers }).containerStatuses?.[0]
  assert.equal(status?.lastState.terminated?.reason, 'OOMKilled')
  assert.equal(status?.lastState.terminated?.containerID, 'containerd://app-0')
})

test('init containers that have not ended leave the pod uninitialized', () => {
  const pod = podOf({
    spec: {
      initContainers: [
        { name: 'i', image: 'app:1', resources: {} },
        { name: 'side', image: 'app:1', resources: {}, restartPolicy: 'Always' },
      ],
    },
  })
  const waiting = statusOf(pod, { containers: [containerOf({ name: 'i' })] })
  assert.equal(waiting.phase, 'Pending')
  assert.equal(condition(waiting, 'Initialized')?.message, 'containers with incomplete status: [i side]')
  assert.deepEqual(waiting.containerStatuses?.[0]?.state.waiting, { reason: 'PodInitializing' })
  const running = statusOf(pod, {
    containers: [containerOf(), exitedOf(0, { name: 'i' }), containerOf({ name: 'side' })],
  })
  assert.equal(running.phase, 'Running')
  assert.equal(condition(running, 'Initialized')?.status, 'True')
  assert.equal(condition(running, 'Ready')?.status, 'True')
})

test('readiness gates hold a pod back until somebody sets their condition', () => {
  const gates = { readinessGates: [{ conditionType: 'x/y' }] }
  const containers = [containerOf()]
  const missing = statusOf(podOf({ spec: gates }), { containers })
  assert.deepEqual(
    [condition(missing, 'Ready')?.reason, condition(missing, 'Ready')?.message],
    ['ReadinessGatesNotReady', 'corresponding condition of pod readiness gate "x/y" does not exist.'],
  )
  const set = (status: string) =>
    statusOf(podOf({ spec: gates, status: { conditions: [{ type: 'x/y', status }] } }), { containers })
  assert.equal(
    condition(set('False'), 'Ready')?.message,
    'the status of pod readiness gate "x/y" is not "True", but False',
  )
  assert.equal(condition(set('True'), 'Ready')?.status, 'True')
})

test('a final phase is not told while a container runs, and never taken back', () => {
  const verdict = { reason: 'Evicted', message: 'no memory' }
  const before: PodStatus = { phase: 'Running' }
  assert.equal(statusOf(podOf(), { containers: [containerOf()], verdict }, before).phase, 'Running')
  const after = statusOf(podOf(), { containers: [exitedOf(137)], verdict }, before)
  assert.deepEqual([after.phase, after.reason, after.message], ['Failed', 'Evicted', 'no memory'])
  const later = statusOf(podOf({ status: after }), { containers: [] }, after)
  assert.deepEqual([later.phase, later.reason], ['Failed', 'Evicted'])
})

test('a deleted pod whose containers have ended gets its final phase', () => {
  const pod = podOf({ metadata: { deletionTimestamp: '2030-01-01T00:00:30Z' } })
  assert.equal(statusOf(pod, { containers: [exitedOf(0)] }).phase, 'Succeeded')
  assert.equal(statusOf(pod, { containers: [exitedOf(143)] }).phase, 'Failed')
})

test('a container that the runtime has lost is told as such', () => {
  const before = statusOf(podOf(), { containers: [containerOf({ restartCount: 2 })] })
  const status = statusOf(podOf({ status: before }), { sandboxes: [] }, before).containerStatuses?.[0]
  assert.equal(status?.restartCount, 2)
  assert.equal(status?.lastState.terminated?.reason, 'ContainerStatusUnknown')
  assert.ok(status?.state.waiting)
})

test('a transition time moves only when the status does', () => {
  const before = statusOf(podOf(), { sandboxes: [] })
  const old = {
    ...before,
    conditions: before.conditions?.map((c) => ({ ...c, lastTransitionTime: '2029-01-01T00:00:00Z' })),
  }
  const after = statusOf(podOf(), { containers: [containerOf()] }, old as PodStatus)
  assert.equal(condition(after, 'Initialized')?.lastTransitionTime, '2029-01-01T00:00:00Z')
  assert.equal(condition(after, 'Ready')?.lastTransitionTime, '2030-01-01T00:00:05Z')
})

test('statusPatch() says only what has changed', () => {
  const before = statusOf(podOf(), { sandboxes: [sandboxOf()] })
  assert.deepEqual(statusPatch(before, before), {})
  const after = statusOf(podOf(), { containers: [containerOf()] }, before)
  const patch = statusPatch(before, after)
  assert.deepEqual(Object.keys(patch), ['phase', 'containerStatuses', 'conditions'])
  // What no longer holds is taken away by name.
  assert.deepEqual(
    (patch.conditions as { type: string; reason?: unknown }[]).map((c) => [c.type, c.reason]),
    [
      ['Ready', null],
      ['ContainersReady', null],
    ],
  )
  assert.deepEqual(statusPatch({ podIPs: [{ ip: '1.1.1.1' }] }, { podIPs: [{ ip: '2.2.2.2' }] }), {
    podIPs: [{ ip: '2.2.2.2' }, { $patch: 'replace' }],
  })
  assert.deepEqual(statusPatch({ reason: 'x' }, {}), { reason: null })
})
