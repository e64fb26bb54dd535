// Who asks a port of a node for a service that keeps to whom it has sent them is sent to the same again.

import { behaviour } from '../behaviour.ts'
import { keepsClients, nodePort } from '../fixtures/session-affinity.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should have session affinity work for NodePort service',
    since: '1.19',
    needs: ['pods'],
  },
  (t) => keepsClients(t, nodePort),
)
