// There are two nodes that any pod can be put on.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { usableNodes } from '../fixtures/nodes.ts'

export const test = behaviour(
  {
    group: 'sig-architecture',
    name: 'Conformance Tests should have at least two untainted nodes',
    since: '1.23',
    clusterScoped: true,
  },
  async (t) => {
    const linux = (await usableNodes(t)).filter(({ status }) => status.nodeInfo.operatingSystem === 'linux')
    assert.ok(linux.length >= 2, `there are ${linux.length}`)
  },
)
