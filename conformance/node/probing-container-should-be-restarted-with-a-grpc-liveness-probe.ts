// A container that no longer answers over gRPC is started again.

import { behaviour } from '../behaviour.ts'
import { isRestarted, serveGrpc } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should be restarted with a GRPC liveness probe',
    since: '1.23',
    needs: ['pods'],
  },
  (t) => isRestarted(t, { grpc: { port: 8080 }, initialDelaySeconds: 1 }, serveGrpc, 'rm /tmp/answer'),
)
