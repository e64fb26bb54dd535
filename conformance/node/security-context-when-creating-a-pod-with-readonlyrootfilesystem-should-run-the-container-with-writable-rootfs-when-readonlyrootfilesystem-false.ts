// A container may write its files unless it is said otherwise.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context When creating a pod with readOnlyRootFilesystem should run the container with writable rootfs when readOnlyRootFilesystem=false',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const container = shell(t, 'echo written > /file && cat /file', {
      securityContext: { readOnlyRootFilesystem: false },
    })
    assert.equal(await outputOf(t, 'bound', { containers: [container] }), 'written\n')
  },
)
