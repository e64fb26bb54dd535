import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { node, type PodOptions, pod, refusals, scores, snapshotOf } from '../fixtures.ts'
import { nodeResourcesBalance, nodeResourcesFit } from './node-resources.ts'

const resources = (requests: Record<string, string>) => ({ resources: { requests } })

describe('NodeResourcesFit', () => {
  // The node has 4 processors, 16 GiB, 100 GiB of disk and two GPUs; what is there takes 3, 12 GiB, 60 GiB and one.
  const snapshot = snapshotOf(
    [node('n', { allocatable: { 'x.io/gpu': '2', pods: '2' } })],
    [
      pod('there', {
        nodeName: 'n',
        requests: { cpu: '3', memory: '12Gi', 'ephemeral-storage': '60Gi', 'x.io/gpu': '1' },
      }),
    ],
  )
  const cases: readonly (readonly [string, PodOptions, string | undefined])[] = [
    ['what asks for nothing', {}, undefined],
    ['what just fits', { requests: { cpu: '1', memory: '4Gi', 'ephemeral-storage': '40Gi' } }, undefined],
    ['too much processor', { requests: { cpu: '1001m' } }, 'Insufficient cpu'],
    ['more processor than there ever is', { requests: { cpu: '4001m' } }, '!Insufficient cpu'],
    ['too much memory', { requests: { memory: '5Gi' } }, 'Insufficient memory'],
    ['too much disk', { requests: { 'ephemeral-storage': '41Gi' } }, 'Insufficient ephemeral-storage'],
    ['too many devices', { requests: { 'x.io/gpu': '2' } }, 'Insufficient x.io/gpu'],
    ['none of a device that the node does not have', { requests: { 'x.io/fpga': '0' } }, undefined],
    ['a device that the node does not have', { requests: { 'x.io/fpga': '1' } }, '!Insufficient x.io/fpga'],
    ['several at once', { requests: { cpu: '2', memory: '17Gi' } }, '!Insufficient cpu, Insufficient memory'],
    [
      'the neediest init container',
      { spec: { initContainers: [{ name: 'i', ...resources({ cpu: '2' }) }] } },
      'Insufficient cpu',
    ],
    ['overhead', { requests: { cpu: '900m' }, spec: { overhead: { cpu: '200m' } } }, 'Insufficient cpu'],
  ]
  for (const [what, options, expected] of cases) {
    it(`judges ${what}`, () => {
      assert.equal(refusals(nodeResourcesFit, pod('p', options), snapshot).n, expected)
    })
  }

  it('refuses one pod too many, which an eviction would help', () => {
    const full = snapshotOf([node('n', { allocatable: { pods: '1' } })], [pod('there', { nodeName: 'n' })])
    assert.deepEqual(refusals(nodeResourcesFit, pod('p'), full), { n: 'Too many pods' })
    const none = snapshotOf([node('n', { allocatable: { pods: '0' } })])
    assert.deepEqual(refusals(nodeResourcesFit, pod('p'), none), { n: 'Too many pods' })
  })

  it('prefers what would be left emptiest, counting a little for pods that ask for nothing', () => {
    const nodes = [node('empty'), node('idle'), node('busy'), node('over')]
    const placed = [
      pod('a', { nodeName: 'idle' }),
      pod('b', { nodeName: 'busy', requests: { cpu: '2', memory: '8Gi' } }),
      pod('c', { nodeName: 'over', requests: { cpu: '4', memory: '16Gi' } }),
    ]
    const asked = pod('p', { requests: { cpu: '1', memory: '4Gi' } })
    assert.deepEqual(scores(nodeResourcesFit, asked, snapshotOf(nodes, placed)), {
      empty: 75,
      // 1100 of 4000 and 4296 of 16384 MiB: 72 and 73.
      idle: 72,
      busy: 25,
      over: 0,
    })
  })

  it('leaves out a resource that the node does not have', () => {
    const snapshot = snapshotOf([node('n', { allocatable: { memory: '0' } })])
    assert.deepEqual(scores(nodeResourcesFit, pod('p', { requests: { cpu: '1' } }), snapshot), { n: 75 })
  })
})

describe('NodeResourcesBalancedAllocation', () => {
  it('prefers nodes whose processor and memory would be used alike', () => {
    const placed = [pod('a', { nodeName: 'uneven', requests: { cpu: '2' } })]
    const snapshot = snapshotOf([node('even'), node('uneven')], placed)
    const asked = pod('p', { requests: { cpu: '1', memory: '4Gi' } })
    // Shares of 1/4 and 1/4; of 3/4 and 1/4.
    assert.deepEqual(scores(nodeResourcesBalance, asked, snapshot), { even: 100, uneven: 75 })
  })

  it('has no say about pods that ask for nothing', () => {
    assert.equal(scores(nodeResourcesBalance, pod('p'), snapshotOf([node('n')])), undefined)
  })
})
