// A container that answers over HTTP with an error is started again.

import { behaviour } from '../behaviour.ts'
import { isRestarted, serveHttp } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should be restarted with a /healthz http liveness probe',
    since: '1.9',
    needs: ['pods'],
  },
  (t) =>
    isRestarted(
      t,
      { httpGet: { path: '/cgi-bin/healthz', port: 8080 }, initialDelaySeconds: 1 },
      serveHttp,
      'rm /tmp/www/cgi-bin/healthz',
    ),
)
