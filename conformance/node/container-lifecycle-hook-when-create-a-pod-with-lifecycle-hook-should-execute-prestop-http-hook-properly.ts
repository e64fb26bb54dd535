// Somebody is asked before a container is told to end.

import { behaviour } from '../behaviour.ts'
import { getting, tellsEnd } from '../fixtures/hooks.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Lifecycle Hook when create a pod with lifecycle hook should execute prestop http hook properly',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await tellsEnd(t, (address) => getting(address, 'stopping'))
  },
)
