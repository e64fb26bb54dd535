// Who asks a port of a node for a service that keeps to whom it has sent them is sent to the same again.

import { behaviour } from '../behaviour.ts'
import { firstPort, makeAsker, makeServer, nodeAddresses, sticks } from '../fixtures/network.ts'
import { leadsTo, makeService } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should have session affinity work for NodePort service',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    for (const name of ['one', 'two', 'three']) await makeServer(t, name, { labels: { app: 'kept' } })
    const { spec } = await makeService(t, 'kept', {
      type: 'NodePort',
      sessionAffinity: 'ClientIP',
      ports: [{ port: 80, targetPort: firstPort }],
    })
    await leadsTo(t, 'kept', ['one:8080', 'three:8080', 'two:8080'])
    await makeAsker(t)
    const [address = ''] = await nodeAddresses(t)
    await sticks(t, 'asker', [address, spec.ports[0].nodePort])
  },
)
