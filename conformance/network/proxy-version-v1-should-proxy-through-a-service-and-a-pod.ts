// The server passes requests on to a service or a pod, by the number or the name of the port.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { firstPort, makeServer } from '../fixtures/network.ts'
import { leadsTo, makeService } from '../fixtures/services.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Proxy version v1 should proxy through a service and a pod',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await makeServer(t, 'one', { labels: { app: 'behind' }, ports: [{ name: 'dest', containerPort: firstPort }] })
    await makeService(t, 'behind', { ports: [{ name: 'web', port: 80, targetPort: 'dest' }] })
    await leadsTo(t, 'behind', ['one:8080'])
    const paths = [
      ...['behind:80', 'behind:web', 'http:behind:80', 'http:behind:web'].map((name) =>
        t.path('v1', 'services', name, 'proxy'),
      ),
      ...['one:8080', 'http:one:8080'].map((name) => t.path('v1', 'pods', name, 'proxy')),
    ]
    for (const path of paths)
      await t.eventually(`${path} is answered`, async () => {
        const { status, text } = await t.request('GET', `${path}/`)
        assert.deepEqual([status, text.trim()], [200, 'one'], path)
        return true
      })
  },
)
