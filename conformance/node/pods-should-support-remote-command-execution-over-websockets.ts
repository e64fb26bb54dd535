// A command runs in a container, and what it says comes in messages of a channel each.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { shell, waiting } from '../fixtures/shell.ts'
import { messagesOf } from '../fixtures/sockets.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Pods should support remote command execution over websockets',
    since: '1.13',
    needs: ['pods'],
  },
  async (t) => {
    const spec = { terminationGracePeriodSeconds: 0, containers: [shell(t, waiting)] }
    await t.post(t.path('v1', 'pods'), { metadata: { name: 'asked' }, spec })
    await podReady(t, 'asked')
    const query = 'command=echo&command=remote+execution+test&stdout=1&stderr=1'
    const messages = await messagesOf(t, `${t.path('v1', 'pods', 'asked', 'exec')}?${query}`, 'channel.k8s.io')
    const ofChannel = (channel: number) =>
      Buffer.concat(
        messages.filter((message) => message[0] === channel).map((message) => message.subarray(1)),
      ).toString()
    assert.deepEqual([ofChannel(1), ofChannel(2)], ['remote execution test\n', ''])
  },
)
