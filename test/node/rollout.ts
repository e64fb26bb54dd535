// Scaling, and rolling to another version and back, while clients keep asking.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { load } from './connections.ts'
import { app, pod, service, shell } from './pods.ts'
import { eventually, sleep } from './wait.ts'

/** Asks as often as it can and prints a line for each question that was not answered. */
const askForever = 'while :; do wget -q -O - http://web >/dev/null || echo failed; sleep 0.05; done'

export const rollout = (cluster: TestCluster) =>
  describe('scaling and rolling out', { concurrency: 1 }, () => {
    let ns: Namespace
    let urls: string[]

    const status = () => ns.kubectl('rollout', 'status', 'deployment/web', '--timeout=90s')
    const pods = async (): Promise<Answer[]> => (await ns.get('pods', '-l', 'app=web')).items
    const images = async (): Promise<string[]> => {
      const live = (await pods()).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      return live.map(({ spec }) => spec.containers[0].image)
    }

    before(async () => {
      ns = await cluster.namespace('rollout')
      await ns.apply(
        app({ name: 'web', lingerSeconds: 2 }),
        service('web', 'web', { type: 'NodePort' }),
        pod('client', [shell('main', askForever)]),
      )
      await status()
      const { nodePort } = (await ns.get('service', 'web')).spec.ports[0]
      urls = cluster.nodes.map(({ address }) => `http://${address}:${nodePort}/`)
      await ns.ready('pod/client')
    })

    for (const count of [5, 10, 3]) {
      test(`kubectl scale to ${count}`, async () => {
        await ns.kubectl('scale', 'deployment/web', `--replicas=${count}`)
        await status()
        await eventually(async () => assert.equal((await pods()).length, count))
        const { replicas, readyReplicas, availableReplicas } = (await ns.get('deployment', 'web')).status
        assert.deepEqual([replicas, readyReplicas, availableReplicas], [count, count, count])
      })
    }

    test('set image under 100 new connections a second: none fails, outside or inside', async () => {
      await ns.kubectl('delete', 'pod', 'client')
      await ns.apply(pod('client', [shell('main', askForever)]))
      await ns.ready('pod/client')
      const clients = load(urls, 100)
      await sleep(500)
      await ns.kubectl('set', 'image', 'deployment/web', 'app=hello:v2')
      const said = await status()
      assert.match(said, /deployment "web" successfully rolled out/)
      await eventually(async () => assert.equal((await pods()).length, 3))
      await clients.stop()
      assert.deepEqual(clients.failures, [])
      const versions = new Set([...clients.answers().keys()].map((answer) => answer.split(' ')[1]))
      assert.deepEqual([...versions].sort(), ['v1', 'v2'])
      assert.equal(await ns.kubectl('logs', 'client'), '')
      assert.deepEqual(new Set(await images()), new Set(['hello:v2']))
    })

    test('a version that crashes never takes the old pods down; undo recovers', async () => {
      const clients = load(urls, 50)
      await ns.kubectl('set', 'image', 'deployment/web', 'app=hello:v3')
      await eventually(async () => {
        const broken = (await pods()).filter(({ spec }) => spec.containers[0].image === 'hello:v3')
        assert.equal(broken.length, 1)
        assert.equal(broken[0].status.containerStatuses[0].state.waiting?.reason, 'CrashLoopBackOff')
      })
      const { code, stdout, stderr } = await ns.try('rollout', 'status', 'deployment/web', '--timeout=2s')
      assert.equal(code, 1)
      assert.match(stdout, /Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated/)
      assert.match(stderr, /timed out waiting for the condition/)
      const old = (await pods()).filter(({ spec }) => spec.containers[0].image === 'hello:v2')
      assert.equal(old.length, 3)
      assert.match(await ns.kubectl('rollout', 'undo', 'deployment/web'), /deployment.apps\/web rolled back/)
      await status()
      await eventually(async () => assert.deepEqual(await images(), ['hello:v2', 'hello:v2', 'hello:v2']))
      await clients.stop()
      assert.deepEqual(clients.failures, [])
      const { metadata } = await ns.get('deployment', 'web')
      assert.equal(metadata.annotations['deployment.kubernetes.io/revision'], '4')
    })

    test('kubectl rollout history shows the revisions, and each as it was', async () => {
      const history = await ns.kubectl('rollout', 'history', 'deployment/web')
      assert.deepEqual(
        [...history.matchAll(/^(\d+)\s/gm)].map(([, revision]) => revision),
        ['1', '3', '4'],
      )
      assert.match(await ns.kubectl('rollout', 'history', 'deployment/web', '--revision=1'), /Image:\s+hello:v1/)
      assert.match(await ns.kubectl('rollout', 'history', 'deployment/web', '--revision=3'), /Image:\s+hello:v3/)
    })

    test('kubectl rollout undo --to-revision goes back to any of them', async () => {
      await ns.kubectl('rollout', 'undo', 'deployment/web', '--to-revision=1')
      await status()
      await eventually(async () => assert.deepEqual(new Set(await images()), new Set(['hello:v1'])))
    })

    test('while paused nothing rolls; resume lets it', async () => {
      await ns.kubectl('rollout', 'pause', 'deployment/web')
      await ns.kubectl('set', 'image', 'deployment/web', 'app=hello:v2')
      await eventually(async () => {
        const { observedGeneration } = (await ns.get('deployment', 'web')).status
        assert.equal(observedGeneration, (await ns.get('deployment', 'web')).metadata.generation)
      })
      assert.deepEqual(new Set(await images()), new Set(['hello:v1']))
      const { conditions } = (await ns.get('deployment', 'web')).status
      assert.ok(conditions.some((condition: Answer) => condition.reason === 'DeploymentPaused'))
      await ns.kubectl('rollout', 'resume', 'deployment/web')
      await status()
      await eventually(async () => assert.deepEqual(new Set(await images()), new Set(['hello:v2'])))
    })

    test('kubectl rollout restart replaces every pod', async () => {
      const uids = async () => new Set((await pods()).map(({ metadata }) => metadata.uid))
      const old = await uids()
      await ns.kubectl('rollout', 'restart', 'deployment/web')
      await status()
      await eventually(async () => {
        const now = await uids()
        assert.equal(now.size, 3)
        assert.equal(now.intersection(old).size, 0)
      })
    })
  })
