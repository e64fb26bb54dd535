// What a container says is in its log.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Kubelet when scheduling a busybox command in a pod should print the output to logs',
    since: '1.13',
    needs: ['pods'],
  },
  async (t) => {
    assert.equal(await outputOf(t, 'says', { containers: [shell(t, 'echo Hello World')] }), 'Hello World\n')
  },
)
