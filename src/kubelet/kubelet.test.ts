import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import { isNotFound } from '#api/status-error.ts'
import { type Behaviour, simulateAnnotation } from './runtime/behaviour.ts'
import { settleAll, startTestNode, type TestNode, testPod } from './testing.ts'

const behaving = (behaviour: Behaviour) => ({ [simulateAnnotation]: JSON.stringify({ '*': behaviour }) })

const advance = async (node: TestNode, ms: number) => {
  await node.clock.advance(ms)
  await settleAll()
}

const reasons = (node: TestNode): string[] => node.events.map((e) => e.reason)

const container = async (node: TestNode, name: string) => {
  const status = (await node.pod(name)).status
  assert.ok(status?.containerStatuses?.[0])
  return status.containerStatuses[0]
}

const condition = async (node: TestNode, name: string, type: string) =>
  (await node.pod(name)).status?.conditions?.find((c) => c.type === type)

const isGone = (node: TestNode, name: string) =>
  node.pod(name).then(
    () => false,
    (error) => isNotFound(error),
  )

test('a bound pod runs, with address, conditions and events', async () => {
  const node = await startTestNode()
  await node.run(testPod('a'))
  const { status } = await node.pod('a')
  assert.equal(status?.phase, 'Running')
  assert.equal(status?.podIP, '10.244.0.2')
  assert.equal(status?.hostIP, '192.168.0.1')
  assert.equal(status?.qosClass, 'BestEffort')
  assert.deepEqual(
    (status?.conditions ?? []).map((c) => [c.type, c.status]),
    [
      ['PodReadyToStartContainers', 'True'],
      ['Initialized', 'True'],
      ['Ready', 'True'],
      ['ContainersReady', 'True'],
      ['PodScheduled', 'True'],
    ],
  )
  assert.deepEqual(reasons(node), ['Pulling', 'Pulled', 'Created', 'Started'])
  assert.match((await container(node, 'a')).containerID ?? '', /^simulated:\/\/[0-9a-f]{64}$/)
  await node.stop()
})

test('a container that crashes is restarted at once, then after 10 s, 20 s, 40 s, up to 300 s', async () => {
  const node = await startTestNode()
  await node.run(testPod('a', {}, behaving({ exitAfterMs: 1000, exitCode: 1 })))
  for (let i = 0; i < 12; i++) await advance(node, 150_000)
  const starts = node.events.filter((e) => e.reason === 'Started').map((e) => e.atMs / 1000)
  // Each run lasts 1 s, each wait is counted from the end.
  assert.deepEqual(starts, [0, 1, 12, 33, 74, 155, 316, 617, 918, 1219, 1520])
  const { state, lastState, restartCount } = await container(node, 'a')
  const uid = (await node.pod('a')).metadata.uid
  assert.equal(restartCount, 10)
  assert.deepEqual(state.waiting, {
    reason: 'CrashLoopBackOff',
    message: `back-off 5m0s restarting failed container=app pod=a_default(${uid})`,
  })
  assert.equal(lastState.terminated?.exitCode, 1)
  assert.equal(lastState.terminated?.reason, 'Error')
  assert.equal((await node.pod('a')).status?.phase, 'Running')
  const backOff = node.events.find((e) => e.reason === 'BackOff')
  assert.equal(backOff?.text, `Back-off restarting failed container app in pod a_default(${uid})`)
  await node.stop()
})

test('the back-off starts anew for a container that has run for ten minutes', async () => {
  const node = await startTestNode()
  const runs = [{ exitAfterMs: 1000 }, { exitAfterMs: 1000 }, { exitAfterMs: 700_000 }, { exitAfterMs: 1000 }, {}]
  await node.run(testPod('a', {}, behaving({ runs })))
  await advance(node, 2_000_000)
  const starts = node.events.filter((e) => e.reason === 'Started').map((e) => e.atMs / 1000)
  assert.deepEqual(starts, [0, 1, 12, 712, 723])
  await node.stop()
})

test('a pod whose containers end follows its restart policy into its phase', async () => {
  const cases = [
    { policy: 'Never', exitCode: 0, phase: 'Succeeded', ready: 'PodCompleted' },
    { policy: 'Never', exitCode: 3, phase: 'Failed', ready: 'PodFailed' },
    { policy: 'OnFailure', exitCode: 0, phase: 'Succeeded', ready: 'PodCompleted' },
  ] as const
  for (const { policy, exitCode, phase, ready } of cases) {
    const node = await startTestNode()
    await node.run(testPod('a', { restartPolicy: policy }, behaving({ exitAfterMs: 5000, exitCode })))
    assert.equal((await node.pod('a')).status?.phase, 'Running')
    await advance(node, 5000)
    const pod = await node.pod('a')
    assert.equal(pod.status?.phase, phase)
    assert.equal((await condition(node, 'a', 'Ready'))?.reason, ready)
    assert.equal((await container(node, 'a')).state.terminated?.exitCode, exitCode)
    assert.equal(pod.status?.podIP, '10.244.0.2')
    assert.equal(node.kubelet.sandboxId('default', 'a'), undefined)
    await node.stop()
  }
})

test('init containers run one by one before the app, and a sidecar stays beside it', async () => {
  const node = await startTestNode({
    images: { 'init:1': { exitAfterMs: 2000 }, 'side:1': {} },
  })
  await node.run(
    testPod('a', {
      initContainers: [
        { name: 'first', image: 'init:1' },
        { name: 'side', image: 'side:1', restartPolicy: 'Always' },
        { name: 'second', image: 'init:1' },
      ],
    }),
  )
  assert.equal((await node.pod('a')).status?.phase, 'Pending')
  assert.deepEqual((await container(node, 'a')).state.waiting, { reason: 'PodInitializing' })
  assert.equal(
    (await condition(node, 'a', 'Initialized'))?.message,
    'containers with incomplete status: [first side second]',
  )
  await advance(node, 2000)
  const inits = (await node.pod('a')).status?.initContainerStatuses
  assert.deepEqual(
    inits?.map((s) => Object.keys(s.state)[0]),
    ['terminated', 'running', 'running'],
  )
  await advance(node, 2000)
  assert.equal((await node.pod('a')).status?.phase, 'Running')
  assert.equal((await condition(node, 'a', 'Ready'))?.status, 'True')
  await node.stop()
})

test('an init container that fails holds the pod back, and fails it where nothing is restarted', async () => {
  const node = await startTestNode({ images: { 'init:1': { exitAfterMs: 1000, exitCode: 1 } } })
  const initContainers = [{ name: 'init', image: 'init:1' }]
  await node.run(testPod('again', { initContainers }))
  await node.run(testPod('never', { initContainers, restartPolicy: 'Never' }))
  await advance(node, 2500)
  assert.equal((await node.pod('again')).status?.phase, 'Pending')
  assert.equal((await node.pod('again')).status?.initContainerStatuses?.[0]?.state.waiting?.reason, 'CrashLoopBackOff')
  assert.equal((await node.pod('never')).status?.phase, 'Failed')
  await node.stop()
})

const debugWith = async (node: TestNode, name: string, more: Record<string, unknown>) => {
  const patch = { spec: { ephemeralContainers: [{ image: 'debug:1', ...more }] } }
  const key = { namespace: 'default', name }
  await node.client.patch(Pod, key, patch, { type: 'strategic', subresource: 'ephemeralcontainers' })
  await settleAll()
  return (await node.pod(name)).status.ephemeralContainerStatuses ?? []
}

test('an ephemeral container runs once in a pod that runs already, with an environment of its own', async () => {
  const node = await startTestNode()
  await node.run(
    testPod('a', {}, { [simulateAnnotation]: JSON.stringify({ debug: { exitAfterMs: 60_000, exitCode: 1 } }) }),
  )
  const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'later', key: 'a' } } }]
  const [waits] = await debugWith(node, 'a', { name: 'debug', env })
  assert.equal(waits?.state?.waiting?.reason, 'CreateContainerConfigError')
  await node.configMap('later', { a: '1' })
  const [runs] = (await node.pod('a')).status.ephemeralContainerStatuses ?? []
  assert.ok(runs?.state?.running)
  assert.ok(node.kubelet.containerId('default', 'a', 'debug'))
  assert.equal(await condition(node, 'a', 'Ready').then((ready) => ready?.status), 'True')
  await advance(node, 3_600_000)
  const { status } = await node.pod('a')
  const [ended] = status.ephemeralContainerStatuses ?? []
  assert.equal(ended?.state?.terminated?.exitCode, 1)
  assert.equal(ended?.restartCount, 0)
  assert.equal(status.phase, 'Running')
  assert.equal(node.events.filter(({ reason }) => reason === 'Started').length, 2)
  await node.stop()
})

test('an ephemeral container waits for the container whose processes it is to see', async ({ mock }) => {
  const node = await startTestNode()
  const created = mock.method(node.runtime, 'createContainer')
  const slow = { app: { startMs: 5000 } }
  await node.run(testPod('a', {}, { [simulateAnnotation]: JSON.stringify(slow) }))
  const [waits] = await debugWith(node, 'a', { name: 'debug', targetContainerName: 'app' })
  assert.ok(waits?.state?.waiting)
  await advance(node, 60_000)
  const [runs] = (await node.pod('a')).status.ephemeralContainerStatuses ?? []
  assert.ok(runs?.state?.running)
  const [, config] = created.mock.calls.at(-1)?.arguments ?? []
  assert.deepEqual(config?.pidMode, { target: node.kubelet.containerId('default', 'a', 'app') })
  await node.stop()
})

test('a failing liveness probe restarts the container', async () => {
  const node = await startTestNode()
  const livenessProbe = { httpGet: { path: '/health', port: 8000 }, periodSeconds: 10, failureThreshold: 3 }
  await node.run(
    testPod(
      'a',
      { containers: [{ name: 'app', image: 'app:1', livenessProbe }] },
      behaving({ http: { '/health': { status: 200, untilMs: 25_000 } } }),
    ),
  )
  await advance(node, 45_000)
  assert.equal((await container(node, 'a')).restartCount, 0)
  await advance(node, 10_000)
  assert.equal((await container(node, 'a')).restartCount, 1)
  const killing = node.events.find((e) => e.reason === 'Killing')
  assert.equal(killing?.text, 'Container app failed liveness probe, will be restarted')
  assert.equal(killing?.atMs, 50_000)
  const unhealthy = node.events.find((e) => e.reason === 'Unhealthy')
  assert.equal(unhealthy?.text, 'Liveness probe failed: HTTP probe failed with statuscode: 503')
  await node.stop()
})

test('readiness comes and goes with its probe', async () => {
  const node = await startTestNode()
  const readinessProbe = { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 5, failureThreshold: 2 }
  await node.run(
    testPod(
      'a',
      { containers: [{ name: 'app', image: 'app:1', readinessProbe }] },
      behaving({ http: { '/ready': { status: 200, fromMs: 7000, untilMs: 32_000 } } }),
    ),
  )
  const readyAt = async () => (await condition(node, 'a', 'Ready'))?.status
  assert.equal(await readyAt(), 'False')
  assert.equal((await condition(node, 'a', 'Ready'))?.message, 'containers with unready status: [app]')
  await advance(node, 9_999)
  assert.equal(await readyAt(), 'False')
  await advance(node, 1)
  assert.equal(await readyAt(), 'True')
  await advance(node, 29_999)
  assert.equal(await readyAt(), 'True')
  await advance(node, 1)
  assert.equal(await readyAt(), 'False')
  await node.stop()
})

test('the other probes rest until the startup probe has succeeded', async () => {
  const node = await startTestNode()
  const probe = { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 1 }
  await node.run(
    testPod(
      'a',
      {
        containers: [
          {
            name: 'app',
            image: 'app:1',
            livenessProbe: probe,
            startupProbe: { ...probe, failureThreshold: 30 },
          },
        ],
      },
      behaving({ readyAfterMs: 8000 }),
    ),
  )
  await advance(node, 7500)
  assert.equal((await container(node, 'a')).started, false)
  await advance(node, 1000)
  assert.equal((await container(node, 'a')).started, true)
  assert.equal((await container(node, 'a')).restartCount, 0)
  await node.stop()
})

test('a deleted pod is stopped within its grace and leaves nothing behind', async () => {
  const node = await startTestNode()
  await node.run(testPod('before'))
  const files = node.files.size
  await node.run(testPod('a', {}, behaving({ stopMs: 3000, stopExitCode: 0 })))
  await node.client.delete(Pod, { namespace: 'default', name: 'a' })
  await settleAll()
  assert.equal((await node.pod('a')).status?.phase, 'Running')
  assert.equal(node.events.at(-1)?.text, 'Stopping container app')
  await advance(node, 2999)
  assert.equal(await isGone(node, 'a'), false)
  await advance(node, 1)
  assert.equal(await isGone(node, 'a'), true)
  assert.equal((await node.runtime.listContainers()).length, 1)
  assert.equal((await node.runtime.listSandboxes()).length, 1)
  assert.equal(node.files.size, files)
  await node.stop()
})

test('a container that ignores SIGTERM is killed when the grace is over, sooner when the grace is cut', async () => {
  const node = await startTestNode()
  for (const name of ['a', 'b'])
    await node.run(testPod(name, { terminationGracePeriodSeconds: 20 }, behaving({ ignoresSigterm: true })))
  await node.client.delete(Pod, { namespace: 'default', name: 'a' })
  await node.client.delete(Pod, { namespace: 'default', name: 'b' })
  await advance(node, 5000)
  await node.client.delete(Pod, { namespace: 'default', name: 'b' }, { gracePeriodSeconds: 3 })
  await advance(node, 3000)
  assert.deepEqual([await isGone(node, 'a'), await isGone(node, 'b')], [false, true])
  await advance(node, 11_999)
  assert.equal(await isGone(node, 'a'), false)
  await advance(node, 1)
  assert.equal(await isGone(node, 'a'), true)
  await node.stop()
})

test('a preStop hook and the drain go before SIGTERM, within the grace', async () => {
  let drained = 0
  const node: TestNode = await startTestNode({
    drain: async () => {
      await node.clock.sleep(4000)
      drained = node.elapsedMs()
    },
  })
  const lifecycle = { preStop: { sleep: { seconds: 2 } } }
  await node.run(testPod('a', { containers: [{ name: 'app', image: 'app:1', lifecycle }] }))
  await node.client.delete(Pod, { namespace: 'default', name: 'a' })
  await advance(node, 3999)
  assert.ok((await container(node, 'a')).state.running)
  await advance(node, 1)
  assert.equal(drained, 4000)
  assert.equal(await isGone(node, 'a'), true)
  await node.stop()
})

test('a pod deleted by force is stopped too', async () => {
  const node = await startTestNode()
  await node.run(testPod('a', {}, behaving({ ignoresSigterm: true })))
  await node.client.delete(Pod, { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
  await advance(node, 1000)
  assert.equal(await isGone(node, 'a'), true)
  assert.deepEqual(await node.runtime.listContainers(), [])
  assert.deepEqual(node.kubelet.pods(), [])
  await node.stop()
})

test('a restarted agent takes running containers over as they are', async () => {
  const node = await startTestNode()
  await node.run(testPod('a'))
  await node.run(testPod('gone', {}, behaving({ stopMs: 1000 })))
  const before = await container(node, 'a')
  await node.restart()
  await advance(node, 60_000)
  assert.deepEqual(await container(node, 'a'), before)
  assert.deepEqual(
    node.events.filter((e) => e.about === 'a').map((e) => e.reason),
    ['Pulling', 'Pulled', 'Created', 'Started'],
  )
  // It goes on from there: a crash is noticed, and the count is not lost.
  node.runtime.kill(before.containerID?.split('//')[1] ?? '')
  await settleAll()
  assert.equal((await container(node, 'a')).restartCount, 1)
  await node.stop()
})

test('what was deleted while the agent was away is removed when it is back', async () => {
  const node = await startTestNode()
  await node.run(testPod('a'))
  await node.kubelet.stop()
  await node.client.delete(Pod, { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
  await node.restart()
  assert.deepEqual(await node.runtime.listContainers(), [])
  assert.deepEqual(await node.runtime.listSandboxes(), [])
  assert.deepEqual(await node.files.list('/var/lib/kubelet/pods'), [])
  await node.stop()
})

test('a missing ConfigMap holds a container back until it is there', async () => {
  const node = await startTestNode()
  const env = [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'config', key: 'x' } } }]
  await node.run(testPod('a', { containers: [{ name: 'app', image: 'app:1', env }] }))
  assert.deepEqual((await container(node, 'a')).state.waiting, {
    reason: 'CreateContainerConfigError',
    message: 'configmap "config" not found',
  })
  assert.equal(node.events.at(-1)?.text, 'Error: configmap "config" not found')
  await node.configMap('config', { y: '1' })
  assert.equal((await container(node, 'a')).state.waiting?.message, "couldn't find key x in ConfigMap default/config")
  const config = await node.client.get(ConfigMap, { namespace: 'default', name: 'config' })
  await node.client.update(ConfigMap, { ...config, data: { x: '1' } })
  await settleAll()
  assert.equal((await node.pod('a')).status?.phase, 'Running')
  assert.equal(node.elapsedMs(), 0)
  await node.stop()
})

test('a container whose part of a volume an annotation names wrongly starts when the annotation is mended', async () => {
  const node = await startTestNode()
  const env = [{ name: 'X', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['part']" } } }]
  const volumeMounts = [{ name: 'v', mountPath: '/v', subPathExpr: '$(X)' }]
  const containers = [{ name: 'app', image: 'app:1', env, volumeMounts }]
  const pod = testPod('a', { volumes: [{ name: 'v', emptyDir: {} }], containers })
  await node.run({ ...pod, metadata: { ...pod.metadata, annotations: { part: '/tmp' } } })
  assert.deepEqual((await container(node, 'a')).state.waiting, {
    reason: 'CreateContainerConfigError',
    message: 'error SubPath `/tmp` must not be an absolute path',
  })
  const made = await node.pod('a')
  await node.client.update(Pod, { ...made, metadata: { ...made.metadata, annotations: { part: 'tmp' } } })
  await settleAll()
  assert.equal((await node.pod('a')).status?.phase, 'Running')
  assert.equal(node.elapsedMs(), 0)
  await node.stop()
})

test('a volume waits for its ConfigMap, and follows it', async () => {
  const node = await startTestNode()
  const volumes = [{ name: 'v', configMap: { name: 'config' } }]
  const containers = [{ name: 'app', image: 'app:1', volumeMounts: [{ name: 'v', mountPath: '/v' }] }]
  await node.run(testPod('a', { volumes, containers }))
  assert.equal((await node.pod('a')).status?.phase, 'Pending')
  assert.equal(
    node.events.find((e) => e.reason === 'FailedMount')?.text,
    'MountVolume.SetUp failed for volume "v" : configmap "config" not found',
  )
  await node.configMap('config', { x: 'one' })
  const pod = await node.pod('a')
  assert.equal(pod.status?.phase, 'Running')
  const path = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~configmap/v/x`
  assert.equal(Buffer.from((await node.files.read(path)) ?? '').toString(), 'one')
  const config = await node.client.get(ConfigMap, { namespace: 'default', name: 'config' })
  await node.client.update(ConfigMap, { ...config, data: { x: 'two' } })
  await settleAll()
  assert.equal(Buffer.from((await node.files.read(path)) ?? '').toString(), 'two')
  await node.stop()
})

test('an image that cannot be pulled is tried again with back-off', async () => {
  const node = await startTestNode({ images: { 'bad:1': { pullError: 'no such image' } } })
  await node.run(testPod('a', { containers: [{ name: 'app', image: 'bad:1' }] }))
  assert.deepEqual((await container(node, 'a')).state.waiting, { reason: 'ErrImagePull', message: 'no such image' })
  await advance(node, 5000)
  assert.deepEqual((await container(node, 'a')).state.waiting, {
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "bad:1": ErrImagePull: no such image',
  })
  await advance(node, 100_000)
  const pulls = node.events.filter((e) => e.reason === 'Pulling').map((e) => e.atMs / 1000)
  assert.deepEqual(pulls, [0, 10, 30, 70])
  await node.stop()
})

test('a pod past its active deadline fails', async () => {
  const node = await startTestNode()
  await node.run(testPod('a', { activeDeadlineSeconds: 30 }))
  await advance(node, 29_999)
  assert.equal((await node.pod('a')).status?.phase, 'Running')
  await advance(node, 1)
  const { status } = await node.pod('a')
  assert.deepEqual([status?.phase, status?.reason], ['Failed', 'DeadlineExceeded'])
  await node.stop()
})

test('a pod whose object has gone has no place on the node, though it still ends', async () => {
  const node = await startTestNode()
  const resources = { requests: { cpu: '3' } }
  const large = (name: string, more = {}) =>
    testPod(name, { containers: [{ name: 'app', image: 'app:1', resources }] }, more)
  await node.run(large('a', behaving({ stopMs: 10_000 })))
  await node.client.delete(Pod, { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
  await node.run(large('b'))
  await advance(node, 1000)
  assert.equal((await node.pod('b')).status?.phase, 'Running')
  await node.stop()
})

test('a pod that the node has no room for is rejected', async () => {
  const node = await startTestNode()
  const resources = { requests: { cpu: '3' } }
  await node.run(testPod('a', { containers: [{ name: 'app', image: 'app:1', resources }] }))
  await node.run(testPod('b', { containers: [{ name: 'app', image: 'app:1', resources }] }))
  const { status } = await node.pod('b')
  assert.deepEqual([status?.phase, status?.reason], ['Failed', 'OutOfcpu'])
  assert.equal(
    status?.message,
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 3000, capacity: 4000",
  )
  await node.client.delete(Pod, { namespace: 'default', name: 'b' })
  await settleAll()
  assert.equal(await isGone(node, 'b'), true)
  await node.stop()
})

test('a pod whose sandbox has died gets a new one, with a new address', async () => {
  const node = await startTestNode()
  await node.run(testPod('a'))
  node.runtime.breakSandbox(node.kubelet.sandboxId('default', 'a') ?? '')
  await advance(node, 10_000)
  const { status } = await node.pod('a')
  assert.equal(status?.phase, 'Running')
  assert.equal(status?.podIP, '10.244.0.3')
  assert.equal(status?.containerStatuses?.[0]?.restartCount, 1)
  await node.stop()
})

test('a stopped kubelet leaves no timer and no watch', async () => {
  const node = await startTestNode()
  await node.run(testPod('a'))
  await node.stop()
  assert.equal(node.clock.pendingTimers, 0)
})

test('a postStart hook that fails kills the container, which is tried again', async () => {
  const node = await startTestNode({
    images: { 'app:1': { exec: { 'sh -c no': { exitCode: 1, stderr: 'refused' } } } },
  })
  const lifecycle = { postStart: { exec: { command: ['sh', '-c', 'no'] } } }
  await node.run(testPod('a', { containers: [{ name: 'app', image: 'app:1', lifecycle }] }))
  assert.equal((await container(node, 'a')).state.waiting?.reason, 'PostStartHookError')
  assert.ok(reasons(node).includes('FailedPostStartHook'))
  await advance(node, 15_000)
  assert.equal(reasons(node).filter((r) => r === 'FailedPostStartHook').length, 2)
  await node.stop()
})

test('a hook that asks is content with any answer', async () => {
  const node = await startTestNode({ images: { 'app:1': { http: { '/told': 404 } } } })
  const lifecycle = { postStart: { httpGet: { path: '/told', port: 8000 } } }
  await node.run(testPod('a', { containers: [{ name: 'app', image: 'app:1', lifecycle }] }))
  assert.equal((await container(node, 'a')).ready, true)
  assert.ok(!reasons(node).includes('FailedPostStartHook'))
  await node.stop()
})

test('a container that cannot be started says why', async () => {
  const node = await startTestNode({ images: { 'app:1': { startError: 'exec: "nope": not found' } } })
  await node.run(testPod('a'))
  const { state } = await container(node, 'a')
  assert.deepEqual(state.waiting, { reason: 'RunContainerError', message: 'exec: "nope": not found' })
  assert.ok(node.events.some((e) => e.text === 'Error: exec: "nope": not found'))
  await advance(node, 60_000)
  assert.ok((await container(node, 'a')).restartCount > 0)
  await node.stop()
})

test('a container that ran out of memory says so', async () => {
  const node = await startTestNode()
  await node.run(testPod('a', {}, behaving({ exitAfterMs: 1000, oomKilled: true, terminationMessage: 'last words' })))
  await advance(node, 1500)
  const { lastState } = await container(node, 'a')
  assert.deepEqual(
    [lastState.terminated?.reason, lastState.terminated?.exitCode, lastState.terminated?.message],
    ['OOMKilled', 137, 'last words'],
  )
  await node.stop()
})

test('the last lines of a log stand in for a message where that is wanted', async () => {
  const node = await startTestNode()
  const containers = [{ name: 'app', image: 'app:1', terminationMessagePolicy: 'FallbackToLogsOnError' as const }]
  await node.run(
    testPod(
      'a',
      { containers, restartPolicy: 'Never' },
      behaving({ exitAfterMs: 1000, exitCode: 1, log: ['one', 'two'] }),
    ),
  )
  await advance(node, 1000)
  assert.equal((await container(node, 'a')).state.terminated?.message, 'one\ntwo\n')
  await node.stop()
})

test('a pod that was replaced under the same name is another pod', async () => {
  const node = await startTestNode()
  await node.run(testPod('a', {}, behaving({ stopMs: 500 })))
  const first = (await node.pod('a')).metadata.uid
  await node.client.delete(Pod, { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 })
  await node.run(testPod('a'))
  await advance(node, 1000)
  const second = await node.pod('a')
  assert.notEqual(second.metadata.uid, first)
  assert.equal(second.status?.phase, 'Running')
  assert.equal((await node.runtime.listSandboxes()).length, 1)
  await node.stop()
})

test('many pods at once all run', async () => {
  const node = await startTestNode()
  const names = Array.from({ length: 100 }, (_, i) => `p${i}`)
  await Promise.all(names.map((name) => node.client.create(Pod, testPod(name))))
  for (let i = 0; i < 20; i++) await settleAll()
  const phases = await Promise.all(names.map(async (name) => (await node.pod(name)).status?.phase))
  assert.deepEqual(new Set(phases), new Set(['Running']))
  const ips = new Set(await Promise.all(names.map(async (name) => (await node.pod(name)).status?.podIP)))
  assert.equal(ips.size, 100)
  await node.stop()
})

test('a runtime that fails is asked again with back-off', async () => {
  const node = await startTestNode()
  await node.run(testPod('a'))
  let asked = 0
  const stopSandbox = node.runtime.stopSandbox.bind(node.runtime)
  node.runtime.stopSandbox = async (id) => {
    asked++
    if (asked < 4) throw new Error('the network cannot be taken down')
    return stopSandbox(id)
  }
  await node.client.delete(Pod, { namespace: 'default', name: 'a' })
  await settleAll()
  assert.equal(asked, 1)
  await advance(node, 6999)
  assert.equal(asked, 3)
  await advance(node, 1)
  assert.equal(await isGone(node, 'a'), true)
  await node.stop()
})
