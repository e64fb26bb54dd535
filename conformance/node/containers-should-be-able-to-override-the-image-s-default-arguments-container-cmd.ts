// Arguments of the pod stand in the place of those of the image.

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
    // The image has no entrypoint: its arguments are all that is run.
    const container = { name: 'shell', image: t.image, args: ['/bin/echo', 'from', 'the arguments'] }
    assert.equal(await outputOf(t, 'overrides', { containers: [container] }), 'from the arguments\n')
  },
)
