// Somebody is asked when a container has begun.

import { behaviour } from '../behaviour.ts'
import { getting, tellsStart } from '../fixtures/hooks.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Lifecycle Hook when create a pod with lifecycle hook should execute poststart http hook properly',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await tellsStart(t, (address) => getting(address, 'started'))
  },
)
