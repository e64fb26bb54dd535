// A pod of a class has what the class needs beside the containers, and cannot say otherwise.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { refused } from '../fixtures/refused.ts'
import { makeRuntimeClass } from '../fixtures/runtime-classes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'RuntimeClass should schedule a Pod requesting a RuntimeClass and initialize its Overhead',
    since: '1.24',
  },
  async (t) => {
    const podFixed = { cpu: '10m', memory: '1Mi' }
    const name = await makeRuntimeClass(t, { overhead: { podFixed } })
    const pod = await t.eventually('the class is known', () => makePod(t, 'classy', { runtimeClassName: name }))
    assert.deepEqual(pod.spec.overhead, podFixed)
    await t.eventually('it has a node', async () => (await t.get(t.path('v1', 'pods', 'classy'))).spec.nodeName)
    const other = makePod(t, 'other', { runtimeClassName: name, overhead: { cpu: '1' } })
    await refused(other, { code: 403, reason: 'Forbidden' })
  },
)
