// What a container says, on either of its outputs, is its log.

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
    const spec = { containers: [shell(t, 'echo Hello World; echo and this >&2')] }
    assert.deepEqual((await outputOf(t, 'speaker', spec)).trim().split('\n').sort(), ['Hello World', 'and this'])
  },
)
