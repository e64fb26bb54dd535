import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Container } from '#api/core/container.ts'
import { containerOf, exitedOf, observedOf, podOf, presentImage, sandboxOf, startMs } from './fixtures.ts'
import { type Action, keyOf, nextStep, podGraceSeconds } from './next-step.ts'
import { type ImageState, type Observed, podWide } from './observed.ts'

const spec = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: 'app:1',
  resources: {},
  ...more,
})

const keys = (actions: readonly Action[]) => actions.map(keyOf)

const nowMs = startMs + 2000
const images = (...names: string[]) => new Map(names.map((name) => [name, presentImage]))
const failure = { reason: 'CreateContainerError', message: 'no', atMs: startMs, retryAtMs: nowMs + 5000 }

interface Case {
  readonly name: string
  readonly pod?: Parameters<typeof podOf>[0]
  readonly observed?: Partial<Observed>
  readonly does: readonly string[]
  readonly waits?: Readonly<Record<string, string>>
  readonly wakeInMs?: number
}

const debug = { containers: [spec('app')], ephemeralContainers: [spec('debug')] }
const inits = [spec('i1'), spec('side', { restartPolicy: 'Always' }), spec('i2')]
const deleted = { deletionTimestamp: '2030-01-01T00:00:30Z', deletionGracePeriodSeconds: 10 }

const cases: readonly Case[] = [
  {
    name: 'a new pod gets its directories, and its image is fetched meanwhile',
    observed: { directories: false, volumes: 'absent', sandboxes: [] },
    does: ['makeDirectories', 'ensureImage:app'],
  },
  {
    name: 'then volumes, sandbox and image at the same time',
    observed: { volumes: 'absent', sandboxes: [] },
    does: ['mountVolumes', 'createSandbox', 'ensureImage:app'],
  },
  {
    name: 'what is under way is not begun again',
    observed: { volumes: 'absent', sandboxes: [], busy: new Set(['mountVolumes', 'createSandbox', 'ensureImage:app']) },
    does: [],
  },
  {
    name: 'with everything there the container starts',
    observed: { images: images('app') },
    does: ['startContainer:app'],
  },
  {
    name: 'without its volumes nothing starts',
    observed: { images: images('app'), volumes: 'absent' },
    does: ['mountVolumes'],
  },
  {
    name: 'volumes that failed are waited for',
    observed: { images: images('app'), volumes: { ...failure, reason: 'FailedMount' } },
    does: [],
    wakeInMs: 5000,
  },
  {
    name: 'containers start one by one and in order',
    pod: { spec: { containers: [spec('a'), spec('b')] } },
    observed: { images: images('a', 'b') },
    does: ['startContainer:a'],
  },
  {
    name: 'an image that is being fetched holds back those behind it',
    pod: { spec: { containers: [spec('a'), spec('b')] } },
    observed: { images: images('b'), busy: new Set(['ensureImage:a']) },
    does: [],
  },
  {
    name: 'an image that cannot be had does not',
    pod: { spec: { containers: [spec('a'), spec('b')] } },
    observed: {
      images: new Map<string, ImageState>([
        ...images('b'),
        ['a', { at: 'failed', failure: { ...failure, reason: 'ErrImagePull' } }],
      ]),
    },
    does: ['startContainer:b'],
    waits: { a: 'ErrImagePull' },
    wakeInMs: 5000,
  },
  {
    name: 'a container that could not be made waits and says why',
    observed: { images: images('app'), failures: new Map([['app', failure]]) },
    does: [],
    waits: { app: 'CreateContainerError' },
    wakeInMs: 5000,
  },
  { name: 'a running pod needs nothing', observed: { containers: [containerOf()] }, does: [] },
  {
    name: 'a container that has ended is restarted at once the first time',
    observed: { containers: [exitedOf(1)], images: images('app') },
    does: ['startContainer:app'],
  },
  {
    name: 'and with back-off afterwards',
    observed: {
      containers: [exitedOf(1)],
      images: images('app'),
      backOff: new Map([['app', { delayMs: 20_000, updatedMs: startMs }]]),
    },
    does: [],
    waits: { app: 'CrashLoopBackOff' },
    wakeInMs: 19_000,
  },
  {
    name: 'another image starts without back-off',
    pod: { spec: { containers: [spec('app', { image: 'app:2' })] } },
    observed: {
      containers: [exitedOf(1)],
      images: images('app'),
      backOff: new Map([['app', { delayMs: 20_000, updatedMs: startMs }]]),
    },
    does: ['startContainer:app'],
  },
  {
    name: 'a running container whose image has changed is stopped',
    pod: { spec: { containers: [spec('app', { image: 'app:2' })] } },
    observed: { containers: [containerOf()] },
    does: ['stopContainer:app-0:30'],
  },
  {
    name: 'a failed liveness probe stops the container, with the probe its own grace',
    pod: {
      spec: {
        containers: [spec('app', { livenessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 4 } })],
      },
    },
    observed: {
      containers: [containerOf()],
      health: new Map([['app-0', { started: true, ready: false, failed: 'liveness' }]]),
    },
    does: ['stopContainer:app-0:4'],
  },
  {
    name: 'OnFailure restarts what failed and leaves what succeeded',
    pod: { spec: { restartPolicy: 'OnFailure', containers: [spec('a'), spec('b')] } },
    observed: {
      containers: [exitedOf(0, { name: 'a' }), exitedOf(1, { name: 'b' })],
      images: images('a', 'b'),
    },
    does: ['startContainer:b'],
  },
  {
    name: 'a rule on exit codes overrides the policy',
    pod: {
      spec: {
        restartPolicy: 'Never',
        containers: [
          spec('app', { restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] }),
        ],
      },
    },
    observed: { containers: [exitedOf(42)], images: images('app') },
    does: ['startContainer:app'],
  },
  {
    name: 'a pod that has run to its end gives its sandbox and volumes back',
    pod: { spec: { restartPolicy: 'Never' } },
    observed: { containers: [exitedOf(1)] },
    does: ['stopSandbox:s0'],
  },
  {
    name: 'then its volumes',
    pod: { spec: { restartPolicy: 'Never' } },
    observed: { containers: [exitedOf(1)], sandboxes: [sandboxOf({ state: 'notready' })] },
    does: ['unmountVolumes'],
  },
  {
    name: 'and stays',
    pod: { spec: { restartPolicy: 'Never' } },
    observed: { containers: [exitedOf(1)], sandboxes: [], volumes: 'absent' },
    does: [],
  },
  {
    name: 'the first init container comes first',
    pod: { spec: { initContainers: inits } },
    observed: { images: images('i1', 'side', 'i2', 'app') },
    does: ['startContainer:i1'],
  },
  {
    name: 'nothing else starts while it runs',
    pod: { spec: { initContainers: inits } },
    observed: { images: images('side'), containers: [containerOf({ name: 'i1' })] },
    does: [],
  },
  {
    name: 'a sidecar that has not started yet holds back what follows',
    pod: { spec: { initContainers: inits } },
    observed: {
      images: images('i2'),
      containers: [containerOf({ name: 'side' }), exitedOf(0, { name: 'i1' })],
      health: new Map([['side-0', { started: false, ready: false }]]),
    },
    does: [],
  },
  {
    name: 'once it has, the next init container follows',
    pod: { spec: { initContainers: inits } },
    observed: { images: images('i2'), containers: [containerOf({ name: 'side' }), exitedOf(0, { name: 'i1' })] },
    does: ['startContainer:i2'],
  },
  {
    name: 'after all of them the app starts',
    pod: { spec: { initContainers: inits } },
    observed: {
      images: images('app'),
      containers: [containerOf({ name: 'side' }), exitedOf(0, { name: 'i1' }), exitedOf(0, { name: 'i2' })],
    },
    does: ['startContainer:app'],
  },
  {
    name: 'a sidecar is restarted beside the running app, init containers are not',
    pod: { spec: { initContainers: inits } },
    observed: { images: images('side'), containers: [containerOf(), exitedOf(1, { name: 'side' })] },
    does: ['startContainer:side'],
  },
  {
    name: 'an init container that failed ends a pod that is never restarted',
    pod: { spec: { restartPolicy: 'Never', initContainers: [spec('i1')] } },
    observed: { containers: [exitedOf(1, { name: 'i1' })] },
    does: ['stopSandbox:s0'],
  },
  {
    name: 'in a new sandbox init containers run again',
    pod: { spec: { initContainers: [spec('i1')] } },
    observed: {
      images: images('i1'),
      sandboxes: [sandboxOf({ id: 's1', attempt: 1 }), sandboxOf({ state: 'notready' })],
      containers: [exitedOf(137), exitedOf(0, { name: 'i1' })],
    },
    does: ['startContainer:i1'],
  },
  {
    name: 'containers of a dead sandbox are stopped before there is a new one',
    observed: { sandboxes: [sandboxOf({ state: 'notready' })], containers: [containerOf()] },
    does: ['stopContainer:app-0:30'],
  },
  {
    name: 'a dead sandbox is replaced',
    observed: {
      sandboxes: [sandboxOf({ state: 'notready', attempt: 3 })],
      containers: [exitedOf(137)],
      images: images('app'),
    },
    does: ['createSandbox'],
  },
  {
    name: 'a sandbox that could not be made is waited for',
    observed: { sandboxes: [], images: images('app'), failures: new Map([[podWide.sandbox, failure]]) },
    does: [],
    wakeInMs: 5000,
  },
  {
    name: 'a dead sandbox goes when it is empty',
    observed: {
      sandboxes: [sandboxOf({ id: 's1', attempt: 1 }), sandboxOf({ state: 'notready' })],
      containers: [containerOf({ sandboxId: 's1' })],
    },
    does: ['removeSandbox:s0'],
  },
  {
    name: 'of a container its last two runs are kept',
    observed: {
      containers: [
        containerOf({ restartCount: 2 }),
        exitedOf(1, { restartCount: 1 }),
        exitedOf(1, { restartCount: 0 }),
      ],
    },
    does: ['removeContainer:app-0'],
  },
  {
    name: 'a container that was never started is removed and made anew',
    observed: { containers: [containerOf({ state: 'created' })], images: images('app') },
    does: ['removeContainer:app-0', 'startContainer:app'],
  },
  {
    name: 'a deleted pod is stopped with its grace',
    pod: { metadata: deleted },
    observed: { containers: [containerOf()] },
    does: ['stopContainer:app-0:10'],
  },
  {
    name: 'a stop under way is repeated only to come sooner',
    pod: { metadata: deleted },
    observed: { containers: [containerOf()], busy: new Set(['stopContainer:app-0:30']) },
    does: ['stopContainer:app-0:10'],
  },
  {
    name: 'and not to come later',
    pod: { metadata: deleted },
    observed: { containers: [containerOf()], busy: new Set(['stopContainer:app-0:5']) },
    does: [],
  },
  {
    name: 'sidecars are stopped after the app',
    pod: { metadata: deleted, spec: { initContainers: inits } },
    observed: { containers: [containerOf(), containerOf({ name: 'side' })] },
    does: ['stopContainer:app-0:10'],
  },
  {
    name: 'with what is left of the grace',
    pod: { metadata: deleted, spec: { initContainers: inits } },
    observed: { containers: [exitedOf(0), containerOf({ name: 'side' })], stoppingSinceMs: nowMs - 6000 },
    does: ['stopContainer:side-0:4'],
  },
  {
    name: 'a start under way is waited for',
    pod: { metadata: deleted },
    observed: { busy: new Set(['startContainer:app']) },
    does: [],
  },
  {
    name: 'when nothing is left the final status is reported',
    pod: { metadata: deleted },
    observed: { containers: [exitedOf(0)], sandboxes: [], volumes: 'absent' },
    does: ['report'],
  },
  {
    name: 'the object goes also when a container of that name could not be started',
    pod: { metadata: deleted },
    observed: {
      containers: [exitedOf(0)],
      sandboxes: [],
      volumes: 'absent',
      reported: true,
      failures: new Map(['delete', 'object', 'volumes', ''].map((name) => [name, failure])),
    },
    does: ['deleteObject'],
  },
  {
    name: 'and only then the object goes',
    pod: { metadata: deleted },
    observed: { containers: [exitedOf(0)], sandboxes: [], volumes: 'absent', reported: true },
    does: ['deleteObject'],
  },
  {
    name: 'a pod that is gone is cleaned up',
    observed: { gone: true, sandboxes: [], volumes: 'absent' },
    does: ['cleanUp'],
  },
  {
    name: 'what has failed is not tried again at once',
    observed: { gone: true, sandboxes: [], volumes: 'absent', failures: new Map([['cleanUp', failure]]) },
    does: [],
    wakeInMs: 5000,
  },
  {
    name: 'a pod deleted by force has one second',
    observed: { gone: true, containers: [containerOf()] },
    does: ['stopContainer:app-0:1'],
  },
  {
    name: 'a pod past its deadline is stopped',
    pod: { spec: { activeDeadlineSeconds: 2 } },
    observed: { containers: [containerOf()] },
    does: ['stopContainer:app-0:30'],
  },
  {
    name: 'and woken for it before',
    pod: { spec: { activeDeadlineSeconds: 60 } },
    observed: { containers: [containerOf()] },
    does: [],
    wakeInMs: 58_000,
  },
  {
    name: 'a verdict with a grace of its own counts',
    observed: { containers: [containerOf()], verdict: { reason: 'Evicted', message: '', graceSeconds: 3 } },
    does: ['stopContainer:app-0:3'],
  },
  {
    name: 'an ephemeral container starts beside a running one',
    pod: { spec: debug },
    observed: { images: images('debug'), containers: [containerOf()] },
    does: ['startContainer:debug'],
  },
  {
    name: 'an ephemeral container waits for no init container',
    pod: { spec: { ...debug, initContainers: [spec('i1')] } },
    observed: { images: images('app', 'debug'), containers: [containerOf({ name: 'i1' })] },
    does: ['startContainer:debug'],
  },
  {
    name: 'an ephemeral container whose image is being fetched holds nobody back',
    pod: { spec: debug },
    observed: { images: images('app'), busy: new Set(['ensureImage:debug']) },
    does: ['startContainer:app'],
  },
  {
    name: 'an ephemeral container that has ended stays as it is, though the pod restarts the others',
    pod: { spec: debug },
    observed: { images: images('debug'), containers: [containerOf(), exitedOf(1, { name: 'debug' })] },
    does: [],
  },
  {
    name: 'an ephemeral container that has ended in an earlier sandbox stays so, too',
    pod: { spec: debug },
    observed: {
      sandboxes: [sandboxOf({ id: 's1', attempt: 1 }), sandboxOf({ state: 'notready' })],
      images: images('debug'),
      containers: [containerOf({ sandboxId: 's1' }), exitedOf(0, { name: 'debug' })],
    },
    does: [],
  },
  {
    name: 'a pod whose containers have ended ends, whoever looks into it',
    pod: { spec: { ...debug, restartPolicy: 'Never' } },
    observed: { containers: [exitedOf(0), containerOf({ name: 'debug' })] },
    does: ['stopContainer:debug-0:30'],
  },
]

for (const { name, pod, observed, does, waits = {}, wakeInMs } of cases)
  test(`nextStep(): ${name}`, () => {
    const step = nextStep(podOf(pod), observedOf(observed), nowMs)
    assert.deepEqual(keys(step.actions), does)
    assert.deepEqual(Object.fromEntries([...step.waiting].map(([key, w]) => [key, w.reason])), waits)
    assert.equal(step.wakeAtMs === undefined ? undefined : step.wakeAtMs - nowMs, wakeInMs)
  })

test('podGraceSeconds() is the shortest of what was asked', () => {
  assert.equal(podGraceSeconds(podOf()), 30)
  assert.equal(podGraceSeconds(podOf({ metadata: { deletionGracePeriodSeconds: 5 } })), 5)
  assert.equal(podGraceSeconds(podOf({ metadata: { deletionGracePeriodSeconds: 0 } })), 1)
  assert.equal(podGraceSeconds(podOf(), { reason: '', message: '', graceSeconds: 7 }), 7)
})
