// A service that selects nothing has a slice, which goes with it, and comes again when it is deleted before.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeService, servicePath, slicesOf } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'EndpointSlice should create and delete EndpointSlices for a Service with a selector that matches no pods',
    since: '1.21,1.35',
  },
  async (t) => {
    await makeService(t, 'nothing')
    const [first] = await t.eventually('there is a slice', async () => {
      const slices = await slicesOf(t, 'nothing')
      return slices.length === 1 && slices
    })
    assert.deepEqual(first.endpoints ?? [], [])
    await t.delete(t.path('discovery.k8s.io/v1', 'endpointslices', first.metadata.name))
    await t.eventually('it comes again', async () => {
      const [slice] = await slicesOf(t, 'nothing')
      return slice && slice.metadata.uid !== first.metadata.uid
    })
    await t.delete(servicePath(t, 'nothing'))
    await t.eventually('it goes with the service', async () => (await slicesOf(t, 'nothing')).length === 0)
  },
)
