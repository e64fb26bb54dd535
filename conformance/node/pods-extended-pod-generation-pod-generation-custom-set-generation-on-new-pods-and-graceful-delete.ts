// The generation of a pod is the server's: it begins at one, and goes up when the pod is to end.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Pods Extended (pod generation) Pod Generation custom-set generation on new pods and graceful delete',
    since: '1.35',
  },
  async (t) => {
    const made = await makePod(
      t,
      'counted',
      { terminationGracePeriodSeconds: 30 },
      { generation: 100, finalizers: ['example.com/conformance'] },
    )
    t.cleanup(() => t.patch(t.path('v1', 'pods', 'counted'), 'merge', { metadata: { finalizers: null } }))
    assert.equal(made.metadata.generation, 1)
    await t.eventually('it has a node', async () => (await t.get(t.path('v1', 'pods', 'counted'))).spec.nodeName)
    await t.delete(t.path('v1', 'pods', 'counted'))
    const { metadata } = await t.get(t.path('v1', 'pods', 'counted'))
    assert.notEqual(metadata.deletionTimestamp, undefined)
    assert.equal(metadata.generation, 2)
  },
)
