// A pod stays that was to go after a while, if what was to drive it away goes before.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod, markedNode } from '../fixtures/nodes.ts'
import { taint } from '../fixtures/taints.ts'
import { isGone, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'NoExecuteTaintManager Single Pod removing taint cancels eviction',
    since: '1.16',
    serial: true,
  },
  async (t) => {
    const { node, nodeSelector } = await markedNode(t)
    const first = await taint(t, node)
    const second = await taint(t, node)
    const bears = (key: string, tolerationSeconds?: number) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds,
    })
    await makePod(t, 'stays', { nodeSelector, tolerations: [bears(first.key, 3), bears(second.key)] })
    await makePod(t, 'goes', { nodeSelector, tolerations: [bears(first.key), bears(second.key, 3)] })
    for (const name of ['stays', 'goes']) await podReady(t, name)
    await first.set()
    await first.remove()
    await second.set()
    // Its time begins after that of the other, and is as long.
    await isGone(t, t.path('v1', 'pods', 'goes'))
    const { metadata } = await t.get(t.path('v1', 'pods', 'stays'))
    assert.equal(metadata.deletionTimestamp, undefined)
  },
)
