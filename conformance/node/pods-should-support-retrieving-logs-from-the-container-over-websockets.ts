// The log of a container comes in messages that are bytes.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { shell, waiting } from '../fixtures/shell.ts'
import { messagesOf } from '../fixtures/sockets.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Pods should support retrieving logs from the container over websockets',
    since: '1.13',
    needs: ['pods'],
  },
  async (t) => {
    const spec = { terminationGracePeriodSeconds: 0, containers: [shell(t, `echo container is alive; ${waiting}`)] }
    await t.post(t.path('v1', 'pods'), { metadata: { name: 'speaker' }, spec })
    await podReady(t, 'speaker')
    const messages = await messagesOf(t, `${t.path('v1', 'pods', 'speaker', 'log')}?container=shell`, 'binary.k8s.io')
    assert.equal(Buffer.concat(messages).toString(), 'container is alive\n')
  },
)
