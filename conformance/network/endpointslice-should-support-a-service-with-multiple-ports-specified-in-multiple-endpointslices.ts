// Each port of a service leads to the slices that have it, though they have the same address.

import { behaviour } from '../behaviour.ts'
import { firstPort, isAnsweredBy, makeAsker, makeServer, secondPort } from '../fixtures/network.ts'
import { makeService, makeSlice } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'EndpointSlice should support a Service with multiple ports specified in multiple EndpointSlices',
    since: '1.34',
    needs: ['pods'],
  },
  async (t) => {
    const { spec } = await makeService(t, 'merged', {
      selector: undefined,
      ports: [
        { name: 'web', port: 80 },
        { name: 'talk', port: 81 },
      ],
    })
    const { status } = await makeServer(t, 'one')
    await makeSlice(t, 'merged', 'web', status.podIP, [{ name: 'web', port: firstPort }])
    await makeSlice(t, 'merged', 'talk', status.podIP, [{ name: 'talk', port: secondPort }])
    await makeAsker(t)
    await isAnsweredBy(t, 'asker', [spec.clusterIP, 80], 'one')
    await isAnsweredBy(t, 'asker', [spec.clusterIP, 81], 'one')
  },
)
