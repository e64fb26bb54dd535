// A controller is exposed, and the service of it once more: both lead to its pods.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { countOfPods, makeReplicationController, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-cli', name: 'Kubectl client Kubectl expose should create services for rc', since: '1.9' },
  async (t) => {
    await makeReplicationController(t, 'primary', 1)
    const [pod] = await countOfPods(t, 'primary', 1)
    const { status } = await podReady(t, pod.metadata.name)
    const leadsToPod = async (name: string, port: number): Promise<void> => {
      const { spec } = await t.get(t.path('v1', 'services', name))
      assert.deepEqual(
        spec.ports.map((each: Json) => [each.port, each.targetPort]),
        [[port, 6379]],
      )
      await t.eventually(`${name} leads to the pod`, async () => {
        const { subsets } = await t.get(t.path('v1', 'endpoints', name))
        assert.deepEqual(subsets[0].addresses[0].ip, status.podIP)
        assert.equal(subsets[0].ports[0].port, 6379)
        return true
      })
    }
    await t.kubectl(['expose', 'rc', 'primary', '--name=second', '--port=1234', '--target-port=6379'])
    await leadsToPod('second', 1234)
    await t.kubectl(['expose', 'service', 'second', '--name=third', '--port=2345', '--target-port=6379'])
    await leadsToPod('third', 2345)
  },
)
