// A command of the pod is all that is run: arguments of the image are not put behind it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: "Containers should be able to override the image's default command (container entrypoint)",
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const container = { name: 'shell', image: t.image, command: ['/bin/echo', 'from the command'] }
    assert.equal(await outputOf(t, 'overrides', { containers: [container] }), 'from the command\n')
  },
)
