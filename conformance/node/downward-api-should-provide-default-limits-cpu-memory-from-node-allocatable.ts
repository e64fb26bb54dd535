// Where a container has no limits, what the node has to give is what its variables say.

import assert from 'node:assert/strict'
import { quantityValue } from '#api/quantity.ts'
import { behaviour } from '../behaviour.ts'
import { environmentOf, resourceVariables } from '../fixtures/environment.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Downward API should provide default limits.cpu/memory from node allocatable',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const found = await environmentOf(t, { env: resourceVariables })
    const { spec } = await t.get(t.path('v1', 'pods', 'teller'))
    const { status } = await t.get(t.clusterPath('v1', 'nodes', spec.nodeName))
    assert.equal(found.LIMITS_CPU, `${Math.ceil(quantityValue(status.allocatable.cpu))}`)
    assert.equal(found.LIMITS_MEMORY, `${quantityValue(status.allocatable.memory)}`)
  },
)
