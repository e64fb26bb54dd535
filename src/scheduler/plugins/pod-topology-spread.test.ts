import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type NodeOptions, node, pod, refusals, scores, snapshotOf } from '../fixtures.ts'
import { podTopologySpread } from './pod-topology-spread.ts'

const zoneKey = 'topology.kubernetes.io/zone'
const hostKey = 'kubernetes.io/hostname'
const labels = { app: 'web' }

const constraint = (options: object = {}) => ({
  topologyKey: zoneKey,
  maxSkew: 1,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: labels },
  ...options,
})
const spreadPod = (...topologySpreadConstraints: object[]) => pod('p', { labels, spec: { topologySpreadConstraints } })

/** `{ a1: 2 }`: two matching pods on node a1, whose zone is a. */
function snapshotWith(counts: Record<string, number>, options: Record<string, NodeOptions> = {}) {
  const nodes = Object.keys(counts).map((name) => node(name, { zone: name[0]!, ...options[name] }))
  const pods = Object.entries(counts).flatMap(([nodeName, count]) =>
    Array.from({ length: count }, (_, i) => pod(`${nodeName}-${i}`, { labels, nodeName })),
  )
  return snapshotOf(nodes, pods)
}

const tooMany = "node(s) didn't match pod topology spread constraints"
const noLabel = "!node(s) didn't match pod topology spread constraints (missing required label)"

describe('PodTopologySpread, when it decides', () => {
  it('refuses domains that would be too far ahead of the emptiest', () => {
    const snapshot = snapshotWith({ a1: 1, a2: 1, b1: 1, c1: 1 })
    assert.deepEqual(refusals(podTopologySpread, spreadPod(constraint()), snapshot), { a1: tooMany, a2: tooMany })
    assert.deepEqual(refusals(podTopologySpread, spreadPod(constraint({ maxSkew: 2 })), snapshot), {})
  })

  it('counts empty domains', () => {
    const snapshot = snapshotWith({ a1: 1, b1: 0 })
    assert.deepEqual(refusals(podTopologySpread, spreadPod(constraint()), snapshot), { a1: tooMany })
  })

  it('spreads over nodes where the key is the hostname', () => {
    const snapshot = snapshotWith({ a1: 1, a2: 0, b1: 1 })
    const wanted = spreadPod(constraint({ topologyKey: hostKey }))
    assert.deepEqual(refusals(podTopologySpread, wanted, snapshot), { a1: tooMany, b1: tooMany })
  })

  it('does not count the pod itself where its selector does not', () => {
    const snapshot = snapshotWith({ a1: 1, b1: 0 })
    const other = pod('p', { labels: { app: 'other' }, spec: { topologySpreadConstraints: [constraint()] } })
    assert.deepEqual(refusals(podTopologySpread, other, snapshot), {})
  })

  it('imagines an empty domain where there are fewer than wanted', () => {
    const snapshot = snapshotWith({ a1: 1, b1: 1 })
    assert.deepEqual(refusals(podTopologySpread, spreadPod(constraint({ minDomains: 2 })), snapshot), {})
    const wanted = spreadPod(constraint({ minDomains: 3 }))
    assert.deepEqual(refusals(podTopologySpread, wanted, snapshot), { a1: tooMany, b1: tooMany })
  })

  it('refuses nodes without the label for good, and counts only nodes that have all labels', () => {
    const snapshot = snapshotWith({ a1: 1, b1: 1, c1: 0 })
    snapshot.setNode({ ...node('c1'), metadata: { name: 'c1', labels: { [zoneKey]: 'c' } } } as never)
    assert.deepEqual(refusals(podTopologySpread, spreadPod(constraint({ topologyKey: 'rack' })), snapshot), {
      a1: noLabel,
      b1: noLabel,
      c1: noLabel,
    })
    // Zone c is empty, but its node has no hostname: it does not count.
    const both = spreadPod(constraint(), constraint({ topologyKey: hostKey }))
    assert.deepEqual(refusals(podTopologySpread, both, snapshot), { c1: noLabel })
  })

  it('takes only pods of its namespace that are not being deleted', () => {
    const nodes = [node('a1', { zone: 'a' }), node('b1', { zone: 'b' })]
    const pods = [
      pod('x', { labels, nodeName: 'a1', namespace: 'other' }),
      pod('y', { labels, nodeName: 'a1', deleted: true }),
    ]
    assert.deepEqual(refusals(podTopologySpread, spreadPod(constraint()), snapshotOf(nodes, pods)), {})
  })

  it('takes part only nodes that the pod asks for, unless told otherwise', () => {
    const snapshot = snapshotWith({ a1: 1, b1: 0 }, { a1: { labels: { disk: 'ssd' } } })
    const wanted = (options: object) =>
      pod('p', { labels, spec: { nodeSelector: { disk: 'ssd' }, topologySpreadConstraints: [constraint(options)] } })
    assert.deepEqual(refusals(podTopologySpread, wanted({}), snapshot), {})
    assert.deepEqual(refusals(podTopologySpread, wanted({ nodeAffinityPolicy: 'Ignore' }), snapshot), { a1: tooMany })
  })

  it('takes part nodes with taints, unless told otherwise', () => {
    const taints = [{ key: 't', effect: 'NoSchedule' as const }]
    const snapshot = snapshotWith({ a1: 1, b1: 0 }, { b1: { taints } })
    assert.deepEqual(refusals(podTopologySpread, spreadPod(constraint()), snapshot), { a1: tooMany })
    const honoring = constraint({ nodeTaintsPolicy: 'Honor' })
    assert.deepEqual(refusals(podTopologySpread, spreadPod(honoring), snapshot), {})
    const tolerations = [{ key: 't', operator: 'Exists' }]
    const tolerant = pod('p', { labels, spec: { tolerations, topologySpreadConstraints: [honoring] } })
    assert.deepEqual(refusals(podTopologySpread, tolerant, snapshot), { a1: tooMany })
  })

  it('spreads the pods of one revision by themselves', () => {
    const nodes = [node('a1', { zone: 'a' }), node('b1', { zone: 'b' })]
    const old = pod('old', { labels: { app: 'web', rev: '1' }, nodeName: 'a1' })
    const options = constraint({ matchLabelKeys: ['rev', 'none'] })
    const next = (rev: string) =>
      pod('p', { labels: { app: 'web', rev }, spec: { topologySpreadConstraints: [options] } })
    assert.deepEqual(refusals(podTopologySpread, next('2'), snapshotOf(nodes, [old])), {})
    assert.deepEqual(refusals(podTopologySpread, next('1'), snapshotOf(nodes, [old])), { a1: tooMany })
  })

  it('follows pods and labels of nodes as they change', () => {
    const snapshot = snapshotWith({ a1: 1, b1: 0 })
    const wanted = spreadPod(constraint())
    assert.deepEqual(refusals(podTopologySpread, wanted, snapshot), { a1: tooMany })
    snapshot.setNode(node('a1', { zone: 'b' }))
    assert.deepEqual(refusals(podTopologySpread, wanted, snapshot), {})
    snapshot.setNode(node('c1', { zone: 'c' }))
    assert.deepEqual(refusals(podTopologySpread, wanted, snapshot), { a1: tooMany, b1: tooMany })
    snapshot.unplace('uid-a1-0')
    assert.deepEqual(refusals(podTopologySpread, wanted, snapshot), {})
  })
})

describe('PodTopologySpread, when it weighs', () => {
  const soft = (options: object = {}) => constraint({ whenUnsatisfiable: 'ScheduleAnyway', ...options })

  it('prefers emptier zones: 100 for the emptiest', () => {
    const snapshot = snapshotWith({ a1: 3, b1: 2, c1: 0 })
    // log(3 + 2) = 1.61 per pod: 5, 3 and 0.
    assert.deepEqual(scores(podTopologySpread, spreadPod(soft()), snapshot), { a1: 0, b1: 40, c1: 100 })
  })

  it('gives the emptiest 100 also where none is empty', () => {
    const snapshot = snapshotWith({ a1: 3, b1: 2 })
    // log(2 + 2) = 1.39 per pod: 4 and 3; 100 * (4 + 3 - 4) / 4.
    assert.deepEqual(scores(podTopologySpread, spreadPod(soft()), snapshot), { a1: 75, b1: 100 })
  })

  it('leaves out nodes without the label', () => {
    const snapshot = snapshotWith({ a1: 0, b1: 1 })
    snapshot.setNode(node('x'))
    assert.deepEqual(scores(podTopologySpread, spreadPod(soft()), snapshot), { a1: 100, b1: 0, x: 0 })
  })

  it('likes all alike where nothing is', () => {
    assert.deepEqual(scores(podTopologySpread, spreadPod(soft()), snapshotWith({ a1: 0, b1: 0 })), { a1: 100, b1: 100 })
  })

  it('has no say about pods that nobody controls, or that only have constraints that decide', () => {
    const snapshot = snapshotWith({ a1: 0 })
    assert.equal(scores(podTopologySpread, pod('p', { labels }), snapshot), undefined)
    assert.equal(scores(podTopologySpread, spreadPod(constraint()), snapshot), undefined)
  })

  it('spreads the pods of one controller over nodes and zones without being asked', () => {
    const nodes = [node('a1', { zone: 'a' }), node('a2', { zone: 'a' }), node('b1', { zone: 'b' }), node('x')]
    const there = [pod('1', { owner: 'rs', nodeName: 'a1' }), pod('2', { owner: 'other', nodeName: 'b1' })]
    const found = scores(podTopologySpread, pod('p', { owner: 'rs' }), snapshotOf(nodes, there))
    assert.ok(found)
    assert.ok(found.a1! < found.a2!, 'rather another node')
    assert.ok(found.a2! < found.b1!, 'rather another zone')
    assert.ok(found.x! >= found.b1!, 'a node without a zone is as good as any')
  })
})
