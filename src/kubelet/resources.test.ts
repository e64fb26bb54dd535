import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResourceRequirements } from '#api/core/resources.ts'
import { podOf } from './fixtures.ts'
import { linuxResources, qosClass } from './resources.ts'

const withResources = (...all: ResourceRequirements[]) =>
  podOf({ spec: { containers: all.map((resources, i) => ({ name: `c${i}`, resources })) } })

test('qosClass() by upstream rules', () => {
  const both = { cpu: '1', memory: '1Gi' }
  const cases: [ResourceRequirements[], string][] = [
    [[{}], 'BestEffort'],
    [[{ requests: { cpu: '0' } }], 'BestEffort'],
    [[{ requests: { cpu: '1' } }], 'Burstable'],
    [[{ limits: both }], 'Guaranteed'],
    [[{ limits: both, requests: { cpu: '1000m', memory: '1024Mi' } }], 'Guaranteed'],
    [[{ limits: both, requests: { cpu: '500m' } }], 'Burstable'],
    [[{ limits: both }, {}], 'Burstable'],
    [[{ limits: { cpu: '1' } }], 'Burstable'],
    [[{ requests: { 'example.com/gpu': '1' } }], 'BestEffort'],
  ]
  for (const [resources, expected] of cases) assert.equal(qosClass(withResources(...resources)), expected)
})

test('linuxResources() gives what the kernel knows', () => {
  const gib = 2 ** 30
  const cases: [ResourceRequirements, Partial<ReturnType<typeof linuxResources>>][] = [
    [{}, { cpuShares: 2, cpuQuotaMicros: 0, memoryLimitBytes: 0, oomScoreAdj: 1000 }],
    [
      { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      { cpuShares: 102, cpuQuotaMicros: 50_000, memoryLimitBytes: gib / 2, oomScoreAdj: 969 },
    ],
    [{ limits: { cpu: '2', memory: '1Gi' } }, { cpuShares: 2048, cpuQuotaMicros: 200_000, oomScoreAdj: -997 }],
    [{ limits: { cpu: '1m' } }, { cpuShares: 2, cpuQuotaMicros: 1000 }],
    [{ requests: { memory: '8Gi' } }, { oomScoreAdj: 3 }],
  ]
  for (const [resources, expected] of cases) {
    const pod = withResources(resources)
    const actual = linuxResources(pod, pod.spec.containers[0]!, 8 * gib)
    assert.deepEqual({ ...actual, ...expected }, actual)
  }
})
