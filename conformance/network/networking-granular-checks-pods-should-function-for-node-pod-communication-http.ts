// All nodes reach pods of all nodes over TCP.

import { behaviour } from '../behaviour.ts'
import { reachesAll } from '../fixtures/network.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Networking Granular Checks: Pods should function for node-pod communication: http',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => reachesAll(t, { hostNetwork: true }),
)
