// A command and arguments of the pod are run as one.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: "Containers should be able to override the image's default command and arguments",
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const container = { name: 'shell', image: t.image, command: ['/bin/echo', 'command'], args: ['and', 'arguments'] }
    assert.equal(await outputOf(t, 'overrides', { containers: [container] }), 'command and arguments\n')
  },
)
