// A service keeps to whom it has sent somebody from when it is told to, until it is told otherwise.

import { behaviour } from '../behaviour.ts'
import { areAnsweredBy, firstPort, makeAsker, makeServer, sticks } from '../fixtures/network.ts'
import { makeService, servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to switch session affinity for service with type clusterIP',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    const names = ['one', 'three', 'two']
    for (const name of names) await makeServer(t, name, { labels: { app: 'switched' } })
    const { spec } = await makeService(t, 'switched', { ports: [{ port: 80, targetPort: firstPort }] })
    await makeAsker(t)
    await areAnsweredBy(t, 'asker', [spec.clusterIP, 80], names)
    await t.patch(servicePath(t, 'switched'), 'merge', { spec: { sessionAffinity: 'ClientIP' } })
    await sticks(t, 'asker', [spec.clusterIP, 80])
    await t.patch(servicePath(t, 'switched'), 'merge', { spec: { sessionAffinity: 'None' } })
    await areAnsweredBy(t, 'asker', [spec.clusterIP, 80], names)
  },
)
