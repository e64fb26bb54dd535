// What the image says is run where the pod says nothing.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { execIn } from '../fixtures/shell.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Containers should use the image defaults if command and args are blank',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    // With an input that stays open, the shell of an image waits for it.
    const container = { name: 'shell', image: t.image, stdin: true }
    const spec = { terminationGracePeriodSeconds: 0, containers: [container] }
    await t.post(t.path('v1', 'pods'), { metadata: { name: 'defaults' }, spec })
    await podReady(t, 'defaults')
    assert.match(await execIn(t, 'defaults', 'cat', '/proc/1/cmdline'), /^(\/bin\/)?sh\0/)
  },
)
