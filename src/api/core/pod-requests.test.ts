import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { podRequests } from './pod-requests.ts'
import type { PodSpec } from './pod-spec.ts'

type Requests = Record<string, string>
const container = (requests: Requests, more: object = {}) => ({ name: 'c', resources: { requests }, ...more })
const sidecar = (requests: Requests) => container(requests, { restartPolicy: 'Always' })

describe('podRequests()', () => {
  const cases: readonly (readonly [string, object, Record<string, number>])[] = [
    ['nothing', { containers: [{ name: 'c' }] }, {}],
    [
      'containers together',
      { containers: [container({ cpu: '1' }), container({ cpu: '500m', 'x.io/gpu': '1' })] },
      { cpu: 1500, 'x.io/gpu': 1000 },
    ],
    ['limits are not requests', { containers: [{ name: 'c', resources: { limits: { cpu: '1' } } }] }, {}],
    [
      'the neediest init container where it needs more',
      {
        containers: [container({ cpu: '1', memory: '4' })],
        initContainers: [container({ cpu: '2', memory: '1' }), container({ cpu: '1', memory: '3' })],
      },
      { cpu: 2000, memory: 4000 },
    ],
    [
      'sidecars beside the containers',
      {
        containers: [container({ cpu: '1' })],
        initContainers: [sidecar({ cpu: '2' }), sidecar({ cpu: '3' })],
      },
      { cpu: 6000 },
    ],
    [
      'sidecars beside the init containers after them',
      {
        containers: [container({ cpu: '1' })],
        initContainers: [container({ cpu: '9' }), sidecar({ cpu: '2' }), container({ cpu: '8' })],
      },
      { cpu: 10_000 },
    ],
    [
      'overhead on top',
      { containers: [container({ cpu: '1' })], overhead: { cpu: '100m', memory: '5' } },
      { cpu: 1100, memory: 5000 },
    ],
    [
      'what the pod as a whole asks for, instead of the sum',
      {
        resources: { requests: { cpu: '1', 'hugepages-2Mi': '4' } },
        containers: [container({ cpu: '3', memory: '1' })],
        overhead: { cpu: '1' },
      },
      { cpu: 2000, memory: 1000, 'hugepages-2Mi': 4000 },
    ],
    [
      'of what only containers can ask for, still the sum',
      {
        resources: { requests: { 'ephemeral-storage': '1' } },
        containers: [container({ 'ephemeral-storage': '3' })],
      },
      { 'ephemeral-storage': 3000 },
    ],
  ]
  for (const [what, spec, expected] of cases) {
    it(`counts ${what}`, () => assert.deepEqual(Object.fromEntries(podRequests(spec as PodSpec)), expected))
  }

  it('counts what was not said for each container that did not say it', () => {
    const unsaid = new Map([
      ['cpu', 100],
      ['memory', 7],
    ])
    const count = (spec: object) => Object.fromEntries(podRequests(spec as PodSpec, unsaid))
    assert.deepEqual(count({ containers: [{ name: 'a' }, container({ cpu: '1' })] }), { cpu: 1100, memory: 14 })
    assert.deepEqual(count({ containers: [container({ cpu: '0', memory: '1' })] }), { cpu: 0, memory: 1000 })
    assert.deepEqual(count({ containers: [{ name: 'a' }], initContainers: [container({ cpu: '1' })] }), {
      cpu: 1000,
      memory: 7,
    })
    assert.deepEqual(count({ resources: { requests: { cpu: '1' } }, containers: [{ name: 'a' }] }), {
      cpu: 1000,
      memory: 7,
    })
  })
})
