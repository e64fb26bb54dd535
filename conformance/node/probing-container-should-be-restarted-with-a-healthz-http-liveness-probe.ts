// A container that does not answer well any more is begun anew.

import { behaviour } from '../behaviour.ts'
import { httpServer, makeProbed, often, restartsReach } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should be restarted with a /healthz http liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await makeProbed(t, 'probed', {
      bad: {
        script: httpServer(8080, 3),
        livenessProbe: { ...{ httpGet: { path: '/healthz', port: 8080 }, ...often }, initialDelaySeconds: 1 },
      },
    })
    await restartsReach(t, 'probed', 'bad', 1)
  },
)
