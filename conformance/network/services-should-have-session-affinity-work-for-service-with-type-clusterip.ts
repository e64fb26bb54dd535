// Who asks a service that keeps to whom it has sent them is sent to the same again.

import { behaviour } from '../behaviour.ts'
import { firstPort, makeAsker, makeServer, sticks } from '../fixtures/network.ts'
import { leadsTo, makeService } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should have session affinity work for service with type clusterIP',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    for (const name of ['one', 'two', 'three']) await makeServer(t, name, { labels: { app: 'kept' } })
    const { spec } = await makeService(t, 'kept', {
      sessionAffinity: 'ClientIP',
      ports: [{ port: 80, targetPort: firstPort }],
    })
    await leadsTo(t, 'kept', ['one:8080', 'three:8080', 'two:8080'])
    await makeAsker(t)
    await sticks(t, 'asker', [spec.clusterIP, 80])
  },
)
