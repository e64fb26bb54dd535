// A pod goes to the node that has the label that it wants.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makePod, markedNode } from '../fixtures/nodes.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-scheduling',
    name: 'SchedulerPredicates validates that NodeSelector is respected if matching',
    since: '1.9',
  },
  async (t) => {
    const { node, nodeSelector } = await markedNode(t)
    await makePod(t, 'choosy', { nodeSelector })
    const { spec } = await podReady(t, 'choosy')
    assert.equal(spec.nodeName, node.metadata.name)
  },
)
