// A service leads to the addresses of all of its slices, made by whoever has made them.

import { behaviour } from '../behaviour.ts'
import { areAnsweredBy, firstPort, makeAsker, makeServer } from '../fixtures/network.ts'
import { makeService, makeSlice } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'EndpointSlice should support a Service with multiple endpoint IPs specified in multiple EndpointSlices',
    since: '1.34',
    needs: ['pods'],
  },
  async (t) => {
    const { spec } = await makeService(t, 'merged', { selector: undefined, ports: [{ name: 'web', port: 80 }] })
    for (const name of ['one', 'two']) {
      const { status } = await makeServer(t, name)
      await makeSlice(t, 'merged', name, status.podIP, [{ name: 'web', port: firstPort }])
    }
    await makeAsker(t)
    await areAnsweredBy(t, 'asker', [spec.clusterIP, 80], ['one', 'two'])
  },
)
