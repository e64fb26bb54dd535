// A container runs as the user that it was given.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context When creating a container with runAsUser should run the container with uid 65534',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'id -u', { securityContext: { runAsUser: 65_534 } })
    assert.equal(await outputOf(t, 'bound', { containers: [container] }), '65534\n')
  },
)
