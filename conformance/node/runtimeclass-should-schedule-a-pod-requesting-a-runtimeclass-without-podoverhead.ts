// A pod of a class goes to a node and asks for nothing beside its containers.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { makeRuntimeClass } from '../fixtures/runtime-classes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'RuntimeClass should schedule a Pod requesting a RuntimeClass without PodOverhead',
    since: '1.20',
  },
  async (t) => {
    const name = await makeRuntimeClass(t)
    const pod = await t.eventually('the class is known', () => makePod(t, 'classy', { runtimeClassName: name }))
    assert.deepEqual([pod.spec.runtimeClassName, pod.spec.overhead], [name, undefined])
    await t.eventually('it has a node', async () => (await t.get(t.path('v1', 'pods', 'classy'))).spec.nodeName)
  },
)
