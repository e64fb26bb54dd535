// A container knows the name, the namespace and the address of its pod.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Downward API should provide pod name, namespace and IP address as env vars',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const env = [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ]
    const said = await outputOf(t, 'told', { containers: [shell(t, 'env', { env })] })
    const value = Object.fromEntries(said.split('\n').map((line) => line.split('=')))
    const pod = await t.get(t.path('v1', 'pods', 'told'))
    assert.deepEqual([value.POD_NAME, value.POD_NAMESPACE], ['told', t.namespace])
    assert.match(value.POD_IP ?? '', /^[0-9a-f.:]+$/)
    assert.equal(pod.status.phase, 'Succeeded')
  },
)
