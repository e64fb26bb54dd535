// A container without limits may take what its node has to give.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'Downward API should provide default limits.cpu/memory from node allocatable',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const env = [
      { name: 'CPU_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'MEMORY_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
    ]
    const said = await outputOf(t, 'told', { containers: [shell(t, 'env', { env })] })
    const value = Object.fromEntries(said.split('\n').map((line) => line.split('=')))
    const pod = await t.get(t.path('v1', 'pods', 'told'))
    const { status } = await t.get(t.clusterPath('v1', 'nodes', pod.spec.nodeName))
    const { cpu, memory } = status.allocatable
    assert.equal(value.CPU_LIMIT, String(Math.ceil(cpu.endsWith('m') ? Number.parseInt(cpu, 10) / 1000 : Number(cpu))))
    const scale: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }
    assert.equal(value.MEMORY_LIMIT, String(Number.parseInt(memory, 10) * (scale[memory.slice(-2)] ?? 1)))
  },
)
