// A service keeps to whom it has sent somebody from when it is told to, until it is told otherwise.

import { behaviour } from '../behaviour.ts'
import { clusterAddress, switchesAffinity } from '../fixtures/session-affinity.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to switch session affinity for service with type clusterIP',
    since: '1.19',
    needs: ['pods'],
  },
  (t) => switchesAffinity(t, clusterAddress),
)
