// A service is found by as much of its name as the place of who asks leaves open.

import { behaviour } from '../behaviour.ts'
import { firstPort, isAnsweredBy, makeAsker, makeServer } from '../fixtures/network.ts'
import { makeService } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'DNS should resolve DNS of partial qualified names for services',
    since: '1.17',
    needs: ['pods'],
  },
  async (t) => {
    await makeServer(t, 'one', { labels: { app: 'partial' } })
    await makeService(t, 'partial', { ports: [{ port: 80, targetPort: firstPort }] })
    await makeAsker(t)
    for (const name of ['partial', `partial.${t.namespace}`, `partial.${t.namespace}.svc`])
      await isAnsweredBy(t, 'asker', [name, 80], 'one')
  },
)
