// The service of the API leads to its servers, and Endpoints and EndpointSlices agree where they are. Where no container
// runs, there need be no server that containers could reach.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'API Server should have Endpoints and EndpointSlices pointing to API Server',
    since: '1.21',
    clusterScoped: true,
    needs: ['pods'],
  },
  async (t) => {
    const { metadata, subsets } = await t.get('/api/v1/namespaces/default/endpoints/kubernetes')
    assert.equal(metadata.name, 'kubernetes')
    assert.equal(subsets.length, 1)
    const [{ addresses, ports }] = subsets
    assert.ok(addresses.length > 0)
    assert.deepEqual(
      ports.map((each: Json) => each.name),
      ['https'],
    )
    const { items } = await t.get('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      labelSelector: 'kubernetes.io/service-name=kubernetes',
    })
    const inSlices = items.flatMap(({ endpoints }: Json) => endpoints.flatMap((each: Json) => each.addresses))
    assert.deepEqual(inSlices.sort(), addresses.map(({ ip }: Json) => ip).sort())
    for (const slice of items)
      assert.deepEqual(
        slice.ports.map(({ name, port }: Json) => [name, port]),
        ports.map(({ name, port }: Json) => [name, port]),
      )
  },
)
