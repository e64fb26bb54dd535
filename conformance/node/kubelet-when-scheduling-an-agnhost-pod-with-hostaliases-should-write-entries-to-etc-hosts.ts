// Names that a pod brings along stand in the file of hosts of its containers.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Kubelet when scheduling an agnhost Pod with hostAliases should write entries to /etc/hosts',
    since: '1.13',
    needs: ['pods'],
  },
  async (t) => {
    const spec = {
      hostAliases: [
        { ip: '123.45.67.89', hostnames: ['foo', 'bar'] },
        { ip: '123.45.67.90', hostnames: ['baz'] },
      ],
      containers: [shell(t, 'cat /etc/hosts')],
    }
    const lines = (await outputOf(t, 'aliased', spec)).split('\n').map((line) => line.trim().split(/\s+/).join(' '))
    assert.ok(lines.includes('123.45.67.89 foo bar') && lines.includes('123.45.67.90 baz'), lines.join('\n'))
    const { status } = await t.get(t.path('v1', 'pods', 'aliased'))
    assert.ok(lines.includes(`${status.podIP} aliased`), lines.join('\n'))
  },
)
