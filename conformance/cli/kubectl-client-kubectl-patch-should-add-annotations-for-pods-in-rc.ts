// Each pod of a controller is given an annotation.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { countOfPods, makeReplicationController } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-cli', name: 'Kubectl client Kubectl patch should add annotations for pods in rc', since: '1.9' },
  async (t) => {
    await makeReplicationController(t, 'primary', 1)
    const [pod] = await countOfPods(t, 'primary', 1)
    await t.kubectl(['patch', 'pod', pod.metadata.name, '-p', '{"metadata":{"annotations":{"x":"y"}}}'])
    const { metadata } = await t.get(t.path('v1', 'pods', pod.metadata.name))
    assert.equal(metadata.annotations.x, 'y')
    assert.equal(metadata.labels.app, 'primary')
  },
)
