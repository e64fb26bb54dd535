// A service is reached by its name, its address, and a port of each node.

import { behaviour } from '../behaviour.ts'
import { areAnsweredBy, firstPort, makeAsker, makeServer, nodeAddresses } from '../fixtures/network.ts'
import { makeService } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to create a functioning NodePort service',
    since: '1.16',
    needs: ['pods'],
  },
  async (t) => {
    for (const name of ['one', 'two']) await makeServer(t, name, { labels: { app: 'open' } })
    const { spec } = await makeService(t, 'open', { type: 'NodePort', ports: [{ port: 80, targetPort: firstPort }] })
    await makeAsker(t)
    const both = ['one', 'two']
    await areAnsweredBy(t, 'asker', ['open', 80], both)
    await areAnsweredBy(t, 'asker', [spec.clusterIP, 80], both)
    for (const address of await nodeAddresses(t))
      await areAnsweredBy(t, 'asker', [address, spec.ports[0].nodePort], both)
  },
)
