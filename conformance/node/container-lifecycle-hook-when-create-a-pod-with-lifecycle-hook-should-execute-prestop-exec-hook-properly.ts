// A command runs before a container is told to end.

import { behaviour } from '../behaviour.ts'
import { asking, tellsEnd } from '../fixtures/hooks.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Lifecycle Hook when create a pod with lifecycle hook should execute prestop exec hook properly',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await tellsEnd(t, (address) => asking(address, 'stopping'))
  },
)
