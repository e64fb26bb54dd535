// No program of a container gets more rights than it has begun with.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context when creating containers with AllowPrivilegeEscalation should not allow privilege escalation when false',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'grep NoNewPrivs /proc/self/status | busybox tr -s "[:space:]" " "', {
      securityContext: { allowPrivilegeEscalation: false, runAsUser: 1000 },
    })
    assert.equal(await outputOf(t, 'bound', { containers: [container] }), 'NoNewPrivs: 1 ')
  },
)
