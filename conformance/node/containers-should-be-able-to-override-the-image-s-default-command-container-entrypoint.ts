// A command goes before that of the image, and the arguments of the image do not come with it.

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
    const container = { name: 'shell', image: t.image, command: ['/bin/echo'] }
    assert.equal(await outputOf(t, 'own', { containers: [container] }), '\n')
  },
)
