// A container that says over gRPC that it serves runs on.

import { behaviour } from '../behaviour.ts'
import { isLeftAlone, serveGrpc } from '../fixtures/probes.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Probing container should *not* be restarted with a GRPC liveness probe',
    since: '1.23',
    needs: ['pods'],
  },
  (t) => isLeftAlone(t, { grpc: { port: 8080 }, initialDelaySeconds: 1 }, serveGrpc),
)
