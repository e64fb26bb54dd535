// The containers of a pod run as the user and the group that it was given.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context should support pod.Spec.SecurityContext.RunAsUser And pod.Spec.SecurityContext.RunAsGroup',
    since: '1.21',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'echo $(id -u) $(id -g)', {})
    assert.equal(
      await outputOf(t, 'bound', { securityContext: { runAsUser: 1001, runAsGroup: 2002 }, containers: [container] }),
      '1001 2002\n',
    )
  },
)
