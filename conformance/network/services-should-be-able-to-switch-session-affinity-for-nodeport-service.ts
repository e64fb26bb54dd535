// A port of a node keeps to whom it has sent somebody from when its service is told to, until it is told otherwise.

import { behaviour } from '../behaviour.ts'
import { nodePort, switchesAffinity } from '../fixtures/session-affinity.ts'

export const test = behaviour(
  {
    group: 'sig-network',
    name: 'Services should be able to switch session affinity for NodePort service',
    since: '1.19',
    needs: ['pods'],
  },
  (t) => switchesAffinity(t, nodePort),
)
