// A container knows the addresses of its node.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Downward API should provide hostIPs as an env var', since: '1.32', needs: ['pods'] },
  async (t) => {
    const env = [{ name: 'HOST_IPS', valueFrom: { fieldRef: { fieldPath: 'status.hostIPs' } } }]
    const said = await outputOf(t, 'told', { containers: [shell(t, 'env', { env })] })
    const value = Object.fromEntries(said.split('\n').map((line) => line.split('=')))
    const pod = await t.get(t.path('v1', 'pods', 'told'))
    assert.equal(value.HOST_IPS, pod.status.hostIPs.map(({ ip }: Json) => ip).join(','))
  },
)
