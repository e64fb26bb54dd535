// Who asks a service that keeps to whom it has sent them is sent to the same again.

import { behaviour } from '../behaviour.ts'
import { clusterAddress, keepsClients } from '../fixtures/session-affinity.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should have session affinity work for service with type clusterIP',
    since: '1.19',
    needs: ['pods'],
  },
  (t) => keepsClients(t, clusterAddress),
)
