// Pods that bear a taint for a while go when that is over, each in its time.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod, markedNode } from '../fixtures/nodes.ts'
import { taint } from '../fixtures/taints.ts'
import { isGone, podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'NoExecuteTaintManager Multiple Pods evicts pods with minTolerationSeconds',
    since: '1.16',
    serial: true,
  },
  async (t) => {
    const { node, nodeSelector } = await markedNode(t)
    const { key, set } = await taint(t, node)
    const tolerations = (tolerationSeconds: number) => [
      { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
    ]
    await makePod(t, 'soon', { nodeSelector, tolerations: tolerations(1) })
    await makePod(t, 'later', { nodeSelector, tolerations: tolerations(4) })
    for (const name of ['soon', 'later']) await podReady(t, name)
    await set()
    await isGone(t, t.path('v1', 'pods', 'soon'))
    assert.equal((await t.get(t.path('v1', 'pods', 'later'))).metadata.deletionTimestamp, undefined)
    await isGone(t, t.path('v1', 'pods', 'later'))
  },
)
