// A container that answers over HTTP runs on.

import { behaviour } from '../behaviour.ts'
import { isLeftAlone, serveHttp } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should *not* be restarted with a /healthz http liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => isLeftAlone(t, { httpGet: { path: '/cgi-bin/healthz', port: 8080 }, initialDelaySeconds: 1 }, serveHttp),
)
