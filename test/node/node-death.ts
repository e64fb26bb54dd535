// A node that dies at once, as when its power is cut: it is noticed, its pods come up elsewhere, the Service goes
// on, and the node comes back clean.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Answer, gracePeriodSeconds, type Namespace, type TestCluster, type TestNode } from './cluster.ts'
import { fetchText } from './connections.ts'
import { app, service } from './pods.ts'
import { eventually } from './wait.ts'

const tolerations = ['not-ready', 'unreachable'].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 2,
}))

export const nodeDeath = (cluster: TestCluster) =>
  describe('a node that dies', { concurrency: 1 }, () => {
    let ns: Namespace
    let dead: TestNode
    let lost: readonly string[]
    let port: number

    const podsOn = async (node: TestNode): Promise<Answer[]> =>
      (await ns.get('pods', '-l', 'app=web', '--field-selector', `spec.nodeName=${node.name}`)).items

    before(async () => {
      dead = cluster.nodes[2]!
      ns = await cluster.namespace('death')
      await ns.apply(
        app({ name: 'web', replicas: 6, pod: { tolerations } }),
        service('web', 'web', { type: 'NodePort' }),
      )
      await ns.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
      port = (await ns.get('service', 'web')).spec.ports[0].nodePort
      lost = (await podsOn(dead)).map(({ metadata }) => metadata.name)
      assert.ok(lost.length > 0)
    })

    test('turns NotReady within the grace, and is tainted', async () => {
      await cluster.pinnace('node', 'stop', dead.name)
      const stoppedMs = performance.now()
      await cluster.kubectl(['wait', '--for=condition=Ready=Unknown', `node/${dead.name}`, '--timeout=40s'])
      const seconds = (performance.now() - stoppedMs) / 1000
      assert.ok(seconds < gracePeriodSeconds + 3, `after ${seconds.toFixed(1)} s`)
      for (const { name } of cluster.nodes.slice(0, 2))
        assert.match(await cluster.kubectl(['get', 'node', name]), /\sReady\s/, 'the others go on')
      assert.match(await cluster.kubectl(['get', 'nodes']), new RegExp(`${dead.name}\\s+NotReady`))
      await eventually(async () => {
        const { spec } = JSON.parse(await cluster.kubectl(['get', 'node', dead.name, '-o', 'json']))
        const taints = spec.taints.map(({ key, effect }: Answer) => `${key}:${effect}`).sort()
        assert.deepEqual(taints, [
          'node.kubernetes.io/unreachable:NoExecute',
          'node.kubernetes.io/unreachable:NoSchedule',
        ])
      })
    })

    test('is no longer among the endpoints, and the Service answers', async () => {
      await eventually(async () => {
        const { items } = await ns.get('endpointslices', '-l', 'kubernetes.io/service-name=web')
        const ready = items
          .flatMap(({ endpoints }: Answer) => endpoints)
          .filter(({ conditions }: Answer) => conditions.ready)
        assert.deepEqual(
          ready.filter(({ targetRef }: Answer) => lost.includes(targetRef.name)),
          [],
        )
      }, 5000)
      await eventually(async () => {
        const urls = Array.from({ length: 40 }, (_, i) => `http://${cluster.nodes[i % 2]!.address}:${port}/`)
        const answers = await Promise.all(urls.map((url) => fetchText(url, 2000)))
        assert.ok(answers.every((answer) => !lost.some((name) => answer.includes(name))))
      }, 5000)
    })

    test('loses its pods, which come up elsewhere', async () => {
      await eventually(async () => {
        const { status } = await ns.get('deployment', 'web')
        assert.equal(status.availableReplicas, 6)
        const { items } = await ns.get('pods', '-l', 'app=web')
        const ready = items.filter(
          ({ spec, metadata }: Answer) => spec.nodeName !== dead.name && !metadata.deletionTimestamp,
        )
        assert.equal(ready.length, 6)
      }, 30_000)
      for (const { metadata } of await podsOn(dead))
        assert.ok(metadata.deletionTimestamp, `${metadata.name} is not on its way out`)
    })

    test('comes back clean', async () => {
      await cluster.up()
      await cluster.kubectl(['wait', '--for=condition=Ready', `node/${dead.name}`, '--timeout=30s'])
      await eventually(async () => {
        const { spec } = JSON.parse(await cluster.kubectl(['get', 'node', dead.name, '-o', 'json']))
        assert.equal(spec.taints, undefined)
      })
      await eventually(async () =>
        assert.deepEqual(
          (await podsOn(dead)).filter(({ metadata }) => lost.includes(metadata.name)),
          [],
        ),
      )
      await ns.kubectl('scale', 'deployment/web', '--replicas=9')
      await ns.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
      assert.ok((await podsOn(dead)).length > 0, 'new pods are put on it')
      const answers = await eventually(() =>
        Promise.all(Array.from({ length: 60 }, () => fetchText(`http://${dead.address}:${port}/`))),
      )
      assert.ok(new Set(answers).size > 6)
      await ns.delete()
    })
  })
