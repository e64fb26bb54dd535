// A container that takes connections runs on.

import { behaviour } from '../behaviour.ts'
import { isLeftAlone, serveTcp } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should *not* be restarted with a tcp:8080 liveness probe',
    since: '1.18',
    needs: ['pods'],
  },
  (t) => isLeftAlone(t, { tcpSocket: { port: 8080 }, initialDelaySeconds: 1 }, serveTcp),
)
