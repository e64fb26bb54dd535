import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countsAlike, mayFitNow, nodeChanges, placedPodChanges } from './changes.ts'
import { type NodeOptions, node, type PodOptions, pod } from './fixtures.ts'
import { podInfo } from './pod-info.ts'

describe('nodeChanges()', () => {
  const cases: readonly (readonly [string, NodeOptions, readonly string[]])[] = [
    ['nothing', {}, []],
    ['labels', { labels: { a: 'b' } }, ['node-labels']],
    ['taints', { taints: [{ key: 'a', effect: 'NoSchedule' }] }, ['node-taints']],
    ['a cordon', { unschedulable: true }, ['node-taints']],
    ['what can be allocated', { allocatable: { cpu: '8' } }, ['node-resources']],
    ['images', { images: [{ names: ['a'], sizeBytes: 1 }] }, []],
  ]
  for (const [what, options, expected] of cases) {
    it(`sees ${what}`, () => assert.deepEqual(nodeChanges(node('n', options), node('n')), expected))
  }
  it('sees a new node', () => assert.deepEqual(nodeChanges(node('n'), undefined), ['node-added']))
})

describe('what a new version of a pod changes', () => {
  const cases: readonly (readonly [string, PodOptions, boolean, readonly string[]])[] = [
    ['its status only', { status: { phase: 'Running' } }, true, []],
    ['its labels', { labels: { a: 'b' } }, false, ['pod-labels']],
    ['that it is being deleted', { deleted: true }, false, ['pod-labels']],
    ['less processor', { requests: { cpu: '1', memory: '1Gi' } }, false, ['pod-shrunk']],
    ['less memory', { requests: { cpu: '2', memory: '1Mi' } }, false, ['pod-shrunk']],
    ['more processor', { requests: { cpu: '3', memory: '1Gi' } }, false, []],
  ]
  const old = pod('p', { requests: { cpu: '2', memory: '1Gi' } })
  for (const [what, options, isAlike, expected] of cases) {
    const next = pod('p', { requests: { cpu: '2', memory: '1Gi' }, ...options })
    it(`for others: ${what}`, () => {
      assert.equal(countsAlike(next, old), isAlike)
      assert.deepEqual(placedPodChanges(podInfo(next), podInfo(old)), expected)
    })
  }

  it('for itself: spec and labels, not its status', () => {
    assert.equal(mayFitNow(pod('p', { status: { conditions: [] } }), pod('p')), false)
    assert.equal(mayFitNow(pod('p', { labels: { a: 'b' } }), pod('p')), true)
    assert.equal(mayFitNow(pod('p', { spec: { tolerations: [{ operator: 'Exists' }] } }), pod('p')), true)
  })
})
