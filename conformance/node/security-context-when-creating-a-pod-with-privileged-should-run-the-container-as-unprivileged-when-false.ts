// A container without privileges cannot change the network.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context When creating a pod with privileged should run the container as unprivileged when false',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'ip link set lo down 2>/dev/null || echo refused', {
      securityContext: { privileged: false },
    })
    assert.equal(await outputOf(t, 'bound', { containers: [container] }), 'refused\n')
  },
)
