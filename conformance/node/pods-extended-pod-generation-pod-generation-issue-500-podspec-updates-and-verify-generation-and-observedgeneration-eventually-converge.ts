// After five hundred changes of its spec, the generation of a pod tells all of them, and its node has seen the last.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'
import { podReady } from '../fixtures/workloads.ts'

const changes = 500

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Pods Extended (pod generation) Pod Generation issue 500 podspec updates and verify generation and observedGeneration eventually converge',
    since: '1.35',
  },
  async (t) => {
    const path = t.path('v1', 'pods', 'busy')
    await makePod(t, 'busy')
    await podReady(t, 'busy')
    for (let i = 0; i < changes; i++)
      await t.patch(path, 'merge', { spec: { containers: undefined, activeDeadlineSeconds: 10_000 - i } })
    const { metadata } = await t.get(path)
    assert.equal(metadata.generation, changes + 1)
    await t.eventually('the node has seen the last', async () => {
      const { status } = await t.get(path)
      assert.equal(status.observedGeneration, changes + 1)
      return true
    })
  },
)
