// A container may write to its root where it is not told otherwise.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { saidAs } from '../fixtures/users.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Security Context When creating a pod with readOnlyRootFilesystem should run the container with writable rootfs when readOnlyRootFilesystem=false',
    since: '1.15',
    needs: ['pods'],
  },
  async (t) => {
    const said = await saidAs(t, 'echo written > /file && cat /file', { container: { readOnlyRootFilesystem: false } })
    assert.equal(said, 'written\n')
  },
)
