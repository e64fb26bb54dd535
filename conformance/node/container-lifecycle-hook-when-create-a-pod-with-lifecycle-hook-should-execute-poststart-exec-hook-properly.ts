// A command is run in a container once it is started, before it counts as running.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { makeHooked } from '../fixtures/listeners.ts'
import { execIn, waiting } from '../fixtures/shell.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Container Lifecycle Hook when create a pod with lifecycle hook should execute poststart exec hook properly',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    await makeHooked(t, { postStart: { exec: { command: ['/bin/sh', '-c', 'echo hooked > /tmp/hook'] } } }, waiting)
    await podReady(t, 'hooked')
    assert.equal(await execIn(t, 'hooked', 'cat', '/tmp/hook'), 'hooked\n')
  },
)
