// A container of which nothing is said runs what its image says.

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
    const container = { name: 'shell', image: t.image, tty: true, stdin: true }
    await t.post(t.path('v1', 'pods'), {
      metadata: { name: 'plain' },
      spec: { terminationGracePeriodSeconds: 0, containers: [container] },
    })
    const { spec } = await podReady(t, 'plain')
    assert.deepEqual([spec.containers[0].command, spec.containers[0].args], [undefined, undefined])
    const first = (await execIn(t, 'plain', 'cat', '/proc/1/cmdline')).split('\0')
    assert.match(first[0] ?? '', /sh$/)
  },
)
