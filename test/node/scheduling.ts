// A pod that fits nowhere says why, and is placed as soon as it fits.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { pod, tools } from './pods.ts'
import { eventually } from './wait.ts'

const tooLarge = '0/3 nodes are available: 3 Insufficient memory.'

export const scheduling = (cluster: TestCluster) =>
  describe('scheduling', { concurrency: 1 }, () => {
    let ns: Namespace
    before(async () => {
      ns = await cluster.namespace('scheduling')
    })

    test('a pod too large for any node stays Pending and says so', async () => {
      await ns.apply(pod('large', [tools('large', { resources: { requests: { memory: '2000Gi' } } })]))
      await ns.kubectl('wait', '--for=condition=PodScheduled=False', 'pod/large', '--timeout=20s')
      const { status } = await ns.get('pod', 'large')
      assert.equal(status.phase, 'Pending')
      const { reason, message } = status.conditions.find((condition: Answer) => condition.type === 'PodScheduled')
      assert.equal(reason, 'Unschedulable')
      assert.ok(message.startsWith(tooLarge), message)
      const described = await eventually(async () => {
        const text = await ns.kubectl('describe', 'pod', 'large')
        assert.match(text, /FailedScheduling/)
        return text
      })
      assert.match(
        described,
        /Warning\s+FailedScheduling\s+\S+\s+default-scheduler\s+0\/3 nodes are available: 3 Insufficient memory\./,
      )
    })

    test('a pod with a label nobody has is placed when a node gets the label', async () => {
      await ns.apply(pod('choosy', [tools('choosy')], { nodeSelector: { disk: 'fast' } }))
      await ns.kubectl('wait', '--for=condition=PodScheduled=False', 'pod/choosy', '--timeout=20s')
      const { status } = await ns.get('pod', 'choosy')
      assert.match(
        status.conditions[0].message,
        /^0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity\/selector\./,
      )
      const [node] = cluster.nodes
      await cluster.kubectl(['label', 'node', node!.name, 'disk=fast'])
      await ns.ready('pod/choosy')
      assert.equal((await ns.get('pod', 'choosy')).spec.nodeName, node!.name)
      await cluster.kubectl(['label', 'node', node!.name, 'disk-'])
    })

    test('cordon keeps new pods away, drain moves the old ones', async () => {
      const [, node] = cluster.nodes
      await ns.apply(pod('here', [tools('here')], { nodeName: node!.name }))
      await ns.ready('pod/here')
      await cluster.kubectl(['cordon', node!.name])
      await ns.apply(pod('there', [tools('there')]))
      await ns.ready('pod/there')
      assert.notEqual((await ns.get('pod', 'there')).spec.nodeName, node!.name)
      const said = await cluster.kubectl([
        'drain',
        node!.name,
        '--pod-selector=drained=yes',
        '--ignore-daemonsets',
        '--force',
      ])
      assert.match(said, new RegExp(`node/${node!.name} drained`))
      await ns.kubectl('label', 'pod', 'here', 'drained=yes')
      const moved = await cluster.kubectl([
        'drain',
        node!.name,
        '--pod-selector=drained=yes',
        '--force',
        '--timeout=30s',
      ])
      assert.match(moved, /pod\/here evicted/)
      await cluster.kubectl(['uncordon', node!.name])
    })
  })
