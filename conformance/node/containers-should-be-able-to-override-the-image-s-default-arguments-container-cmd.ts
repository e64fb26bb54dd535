// Arguments go before those of the image.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: "Containers should be able to override the image's default arguments (container cmd)",
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const container = { name: 'shell', image: t.image, args: ['/bin/sh', '-c', 'echo override arguments'] }
    assert.equal(await outputOf(t, 'own', { containers: [container] }), 'override arguments\n')
  },
)
