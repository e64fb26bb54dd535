// A container knows the address of its node.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Downward API should provide host IP as an env var', since: '1.9', needs: ['pods'] },
  async (t) => {
    const env = [{ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }]
    const said = await outputOf(t, 'told', { containers: [shell(t, 'env', { env })] })
    const value = Object.fromEntries(said.split('\n').map((line) => line.split('=')))
    const pod = await t.get(t.path('v1', 'pods', 'told'))
    assert.match(value.HOST_IP ?? '', /^[0-9a-f.:]+$/)
    assert.equal(value.HOST_IP, pod.status.hostIP)
  },
)
