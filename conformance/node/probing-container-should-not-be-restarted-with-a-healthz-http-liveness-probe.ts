// A container that answers well is let run, beside one that does not.

import { behaviour } from '../behaviour.ts'
import { httpServer, often, onlyBadRestarts } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should *not* be restarted with a /healthz http liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await onlyBadRestarts(
      t,
      {
        script: httpServer(8080),
        livenessProbe: { ...{ httpGet: { path: '/healthz', port: 8080 }, ...often }, initialDelaySeconds: 2 },
      },
      {
        script: httpServer(8081, 1),
        livenessProbe: { ...{ httpGet: { path: '/healthz', port: 8081 }, ...often }, initialDelaySeconds: 3 },
      },
    )
  },
)
