// A container runs as the user and the group that it was given.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context should support container.SecurityContext.RunAsUser And container.SecurityContext.RunAsGroup',
    since: '1.21',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'echo $(id -u) $(id -g)', { securityContext: { runAsUser: 1001, runAsGroup: 2002 } })
    assert.equal(await outputOf(t, 'bound', { containers: [container] }), '1001 2002\n')
  },
)
