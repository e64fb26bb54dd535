// A pod knows the address of its node.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { makePod } from '../fixtures/nodes.ts'

export const test = behaviour({ group: 'sig-node', name: 'Pods should get a host IP', since: '1.9' }, async (t) => {
  await makePod(t, 'placed')
  const { status, spec } = await t.eventually('it knows an address', async () => {
    const pod = await t.get(t.path('v1', 'pods', 'placed'))
    return pod.status.hostIP && pod
  })
  const node = await t.get(t.clusterPath('v1', 'nodes', spec.nodeName))
  const addresses = node.status.addresses.map(({ address }: Json) => address)
  assert.ok(addresses.includes(status.hostIP), `${status.hostIP} is one of ${addresses}`)
})
