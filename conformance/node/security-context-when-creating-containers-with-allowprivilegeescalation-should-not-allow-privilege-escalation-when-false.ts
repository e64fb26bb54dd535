// The kernel is told that nobody there gets new privileges.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { statusLine } from '../fixtures/users.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context when creating containers with AllowPrivilegeEscalation should not allow privilege escalation when false',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = { runAsUser: 1000, allowPrivilegeEscalation: false }
    assert.equal(await statusLine(t, 'NoNewPrivs', { container }), '1')
  },
)
