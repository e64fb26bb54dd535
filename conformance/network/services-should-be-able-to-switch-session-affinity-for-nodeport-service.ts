// A port of a node keeps to whom it has sent somebody from when its service is told to, until it is told otherwise.

import { behaviour } from '../behaviour.ts'
import { areAnsweredBy, firstPort, makeAsker, makeServer, nodeAddresses, sticks } from '../fixtures/network.ts'
import { makeService, servicePath } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to switch session affinity for NodePort service',
    since: '1.19',
    needs: ['pods'],
  },
  async (t) => {
    const names = ['one', 'three', 'two']
    for (const name of names) await makeServer(t, name, { labels: { app: 'switched' } })
    const { spec } = await makeService(t, 'switched', {
      type: 'NodePort',
      ports: [{ port: 80, targetPort: firstPort }],
    })
    await makeAsker(t)
    const [address = ''] = await nodeAddresses(t)
    const place = [address, spec.ports[0].nodePort] as const
    await areAnsweredBy(t, 'asker', place, names)
    await t.patch(servicePath(t, 'switched'), 'merge', { spec: { sessionAffinity: 'ClientIP' } })
    await sticks(t, 'asker', place)
    await t.patch(servicePath(t, 'switched'), 'merge', { spec: { sessionAffinity: 'None' } })
    await areAnsweredBy(t, 'asker', place, names)
  },
)
