// What is broken is mended: ended processes, failing probes, memory without an end.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { app, type Fields, pod, service, shell } from './pods.ts'
import { eventually, sleep } from './wait.ts'

const wait = 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'

const containerOf = async (ns: Namespace, name: string, at = 0): Promise<Answer> =>
  (await ns.get('pod', name)).status.containerStatuses[at]

const http = (path: string, more: Fields): Fields => ({ httpGet: { path, port: 8000 }, periodSeconds: 1, ...more })

export const heal = (cluster: TestCluster) =>
  describe('healing', { concurrency: 6 }, () => {
    let ns: Namespace
    before(async () => {
      ns = await cluster.namespace('heal')
    })

    test('a container whose process is killed is started again, in the same pod', async () => {
      await ns.apply(pod('killed', [shell('main', `: mark-of-killed; ${wait}`)]))
      await ns.ready('pod/killed')
      const first = await ns.get('pod', 'killed')
      process.kill(cluster.processOf('mark-of-killed'), 'SIGKILL')
      await eventually(async () => assert.equal((await containerOf(ns, 'killed')).restartCount, 1))
      await ns.ready('pod/killed')
      const second = await ns.get('pod', 'killed')
      assert.equal(second.metadata.uid, first.metadata.uid)
      assert.equal(second.status.podIP, first.status.podIP)
      const { lastState, containerID } = second.status.containerStatuses[0]
      assert.equal(lastState.terminated.exitCode, 137)
      assert.equal(lastState.terminated.reason, 'Error')
      assert.equal(lastState.terminated.containerID, first.status.containerStatuses[0].containerID)
      assert.notEqual(containerID, lastState.terminated.containerID)
    })

    test('one that keeps ending waits longer each time: CrashLoopBackOff', async () => {
      await ns.apply(pod('crashing', [shell('main', 'echo started; exit 3')]))
      const waiting = () =>
        eventually(async () => {
          const { state, restartCount } = await containerOf(ns, 'crashing')
          assert.equal(state.waiting?.reason, 'CrashLoopBackOff')
          return { message: state.waiting.message as string, restartCount: restartCount as number }
        })
      const { message, restartCount } = await waiting()
      assert.equal(restartCount, 1)
      assert.match(message, /^back-off 10s restarting failed container=main pod=crashing_heal\(/)
      await eventually(async () => assert.equal((await containerOf(ns, 'crashing')).restartCount, 2), 20_000)
      const { lastState } = await eventually(async () => {
        const container = await containerOf(ns, 'crashing')
        assert.match(container.state.waiting?.message ?? '', /^back-off 20s restarting/)
        return container
      })
      const { finishedAt } = lastState.terminated
      assert.equal(lastState.terminated.exitCode, 3)
      assert.ok(Date.now() - Date.parse(finishedAt) < 20_000)
      assert.match(await ns.kubectl('get', 'pods', 'crashing'), /crashing\s+0\/1\s+CrashLoopBackOff\s+2 \(\d+s ago\)/)
      const reasons = (await ns.events('crashing')).map(({ reason }) => reason)
      assert.ok(reasons.includes('BackOff'), reasons.join())
    })

    test('one that fails its liveness probe three times is started again', async () => {
      const liveness = http('/health', { failureThreshold: 3 })
      await ns.apply(pod('unhealthy', [{ name: 'app', image: 'hello:v1', livenessProbe: liveness }]))
      await ns.ready('pod/unhealthy')
      await ns.kubectl('exec', 'unhealthy', '--', 'rm', '/www/health')
      await eventually(async () => assert.equal((await containerOf(ns, 'unhealthy')).restartCount, 1))
      await ns.ready('pod/unhealthy')
      const events = await eventually(async () => {
        const events = await ns.events('unhealthy')
        assert.ok(events.some(({ reason }) => reason === 'Killing'))
        return events
      })
      const unhealthy = events.find(
        ({ message }) => message === 'Liveness probe failed: HTTP probe failed with statuscode: 404',
      )
      assert.equal(unhealthy?.type, 'Warning')
      const killing = events.find(({ reason }) => reason === 'Killing')
      assert.equal(killing?.message, 'Container app failed liveness probe, will be restarted')
    })

    test('a pod that is not ready leaves the endpoints, and comes back', async () => {
      await ns.apply(app({ name: 'moody', replicas: 2 }), service('moody', 'moody'))
      await ns.kubectl('rollout', 'status', 'deployment/moody', '--timeout=60s')
      const { items } = await ns.get('pods', '-l', 'app=moody')
      const [{ metadata }] = items
      const addresses = async (): Promise<[number, number]> => {
        const { subsets = [] } = await ns.get('endpoints', 'moody')
        return [subsets[0]?.addresses?.length ?? 0, subsets[0]?.notReadyAddresses?.length ?? 0]
      }
      assert.deepEqual(await eventually(addresses), [2, 0])
      await ns.kubectl('exec', metadata.name, '--', 'rm', '/www/ready')
      await eventually(async () => assert.deepEqual(await addresses(), [1, 1]))
      assert.match(await ns.kubectl('get', 'pod', metadata.name), /0\/1\s+Running\s+0\s/)
      await ns.kubectl('exec', metadata.name, '--', 'touch', '/www/ready')
      await eventually(async () => assert.deepEqual(await addresses(), [2, 0]))
    })

    test('a container over its memory limit is OOMKilled', async () => {
      const limits = { memory: '32Mi' }
      const eater = { name: 'main', image: 'tools:v1', command: ['tail', '/dev/zero'], resources: { limits } }
      await ns.apply(pod('hungry', [eater], { restartPolicy: 'Never' }))
      await ns.kubectl('wait', '--for=jsonpath={.status.phase}=Failed', 'pod/hungry', '--timeout=30s')
      const { terminated } = (await containerOf(ns, 'hungry')).state
      assert.equal(terminated.reason, 'OOMKilled')
      assert.equal(terminated.exitCode, 137)
      assert.match(await ns.kubectl('get', 'pod', 'hungry'), /0\/1\s+OOMKilled\s+0/)
      assert.match(await ns.kubectl('describe', 'pod', 'hungry'), /Reason:\s+OOMKilled\n\s+Exit Code:\s+137/)
    })

    test('restartPolicy says which ended containers are started again', async () => {
      const never = { restartPolicy: 'Never' }
      const onFailure = { restartPolicy: 'OnFailure' }
      await ns.apply(
        pod('done', [shell('main', 'exit 0')], onFailure),
        pod('failed', [shell('main', 'exit 4')], never),
        pod(
          'tried-again',
          [
            shell('main', '[ -e /seen/it ] || { touch /seen/it; exit 1; }', {
              volumeMounts: [{ name: 'seen', mountPath: '/seen' }],
            }),
          ],
          { ...onFailure, volumes: [{ name: 'seen', emptyDir: {} }] },
        ),
      )
      await ns.kubectl(
        'wait',
        '--for=jsonpath={.status.phase}=Succeeded',
        'pod/done',
        'pod/tried-again',
        '--timeout=40s',
      )
      await ns.kubectl('wait', '--for=jsonpath={.status.phase}=Failed', 'pod/failed', '--timeout=20s')
      assert.equal((await containerOf(ns, 'done')).restartCount, 0)
      assert.equal((await containerOf(ns, 'done')).state.terminated.reason, 'Completed')
      assert.equal((await containerOf(ns, 'failed')).state.terminated.exitCode, 4)
      assert.equal((await containerOf(ns, 'tried-again')).restartCount, 1)
    })

    test('an image that cannot be had is tried again, and says why', async () => {
      const image = 'registry.invalid/no/such:v1'
      await ns.apply(
        pod('absent', [{ name: 'main', image, imagePullPolicy: 'IfNotPresent' }]),
        pod('never', [{ name: 'main', image, imagePullPolicy: 'Never' }]),
        pod('misspelt', [{ name: 'main', image: 'no/Such:v1' }]),
      )
      const reason = async (name: string): Promise<string> => (await containerOf(ns, name)).state.waiting?.reason
      await eventually(async () => assert.match(await reason('absent'), /^(ErrImagePull|ImagePullBackOff)$/))
      await eventually(async () => assert.equal(await reason('never'), 'ErrImageNeverPull'))
      await eventually(async () => assert.equal(await reason('misspelt'), 'InvalidImageName'))
      const events = await eventually(async () => {
        const events = await ns.events('absent')
        assert.ok(events.some(({ message }) => message.startsWith('Back-off pulling image')))
        return events
      })
      const messages = events.map(({ message }) => message)
      assert.ok(
        messages.some((message) => message.startsWith(`Failed to pull image "${image}": `)),
        messages.join('\n'),
      )
      assert.ok(messages.includes('Error: ErrImagePull'), messages.join('\n'))
      await ns.kubectl('delete', 'pod', 'absent', 'never', 'misspelt', '--timeout=20s')
    })

    test('a startup probe holds back the others until it succeeds', async () => {
      const startupProbe = { exec: { command: ['cat', '/tmp/started'] }, periodSeconds: 1, failureThreshold: 30 }
      const livenessProbe = { exec: { command: ['cat', '/tmp/alive'] }, periodSeconds: 1, failureThreshold: 1 }
      await ns.apply(pod('slow', [shell('main', wait, { startupProbe, livenessProbe })]))
      await ns.kubectl('wait', '--for=jsonpath={.status.phase}=Running', 'pod/slow', '--timeout=20s')
      await sleep(2500)
      const container = await containerOf(ns, 'slow')
      assert.deepEqual([container.started, container.ready, container.restartCount], [false, false, 0])
      await ns.sh('slow', 'touch /tmp/alive /tmp/started')
      await ns.ready('pod/slow')
      assert.deepEqual((await containerOf(ns, 'slow')).started, true)
      await ns.sh('slow', 'rm /tmp/alive')
      await eventually(async () => assert.equal((await containerOf(ns, 'slow')).restartCount, 1))
    })
  })
