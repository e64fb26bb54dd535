// A container knows how much it asks for and how much it may take.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: "Downward API should provide container's limits.cpu/memory and requests.cpu/memory as env vars",
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const env = [
      { name: 'CPU_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'MEMORY_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
      { name: 'CPU_REQUEST', valueFrom: { resourceFieldRef: { resource: 'requests.cpu' } } },
      { name: 'MEMORY_REQUEST', valueFrom: { resourceFieldRef: { resource: 'requests.memory' } } },
    ]
    const said = await outputOf(t, 'told', {
      containers: [
        shell(t, 'env', {
          env,
          resources: { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } },
        }),
      ],
    })
    const value = Object.fromEntries(said.split('\n').map((line) => line.split('=')))
    const pod = await t.get(t.path('v1', 'pods', 'told'))
    assert.equal(pod.status.phase, 'Succeeded')
    // Whole processors, rounded up, and bytes.
    assert.deepEqual([value.CPU_LIMIT, value.CPU_REQUEST], ['2', '1'])
    assert.deepEqual([value.MEMORY_LIMIT, value.MEMORY_REQUEST], ['67108864', '33554432'])
  },
)
