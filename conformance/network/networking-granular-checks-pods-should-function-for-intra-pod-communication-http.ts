// Pods of all nodes reach pods of all nodes over TCP.

import { behaviour } from '../behaviour.ts'
import { reachesAll } from '../fixtures/network.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Networking Granular Checks: Pods should function for intra-pod communication: http',
    since: '1.9,1.18',
    needs: ['pods'],
  },
  (t) => reachesAll(t),
)
