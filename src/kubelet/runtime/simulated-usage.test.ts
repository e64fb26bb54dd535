import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cpuNanosOf, nodeUsageOf, statsOf } from './simulated-usage.ts'

const behaviour = { cpu: '500m', memory: '1Ki' }
const containers = [
  { id: 'a', state: 'running', startedAtMs: 1000, finishedAtMs: 0, behaviour },
  { id: 'b', state: 'exited', startedAtMs: 1000, finishedAtMs: 2000, behaviour },
  { id: 'c', state: 'created', startedAtMs: 0, finishedAtMs: 0, behaviour },
] as const

test('a container uses the processor from its start to its end', () => {
  assert.deepEqual(
    containers.map((container) => cpuNanosOf(container, 5000)),
    [2_000_000_000, 500_000_000, 0],
  )
})

test('only containers that run have stats', () => {
  assert.deepEqual(statsOf(containers, 5000), [
    { containerId: 'a', timeMs: 5000, cpuUsageCoreNanos: 2_000_000_000, memoryWorkingSetBytes: 1024 },
  ])
})

test('a node uses what its containers use and have used, and a little itself', () => {
  const node = { containers, startedAtMs: 0, removedCpuNanos: 7, memoryBytes: 2 ** 30 }
  const used = 128 * 2 ** 20 + 1024
  assert.deepEqual(nodeUsageOf(node, 5000), {
    timeMs: 5000,
    cpuUsageCoreNanos: 2_500_000_007 + 5000 * 50 * 1000,
    memoryUsageBytes: used,
    memoryWorkingSetBytes: used,
    memoryAvailableBytes: 2 ** 30 - used,
  })
})
