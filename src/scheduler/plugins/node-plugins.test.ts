// The plugins that look at nothing but the node's own properties.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { node, type PodOptions, pod, refusals, scores, snapshotOf } from '../fixtures.ts'
import { podInfo } from '../pod-info.ts'
import { imageLocality } from './image-locality.ts'
import { nodeAffinity } from './node-affinity.ts'
import { nodeName } from './node-name.ts'
import { nodePorts } from './node-ports.ts'
import { nodeUnschedulable } from './node-unschedulable.ts'
import { schedulingGates } from './scheduling-gates.ts'
import { taintToleration } from './taint-toleration.ts'

const tolerations = (...list: object[]): PodOptions => ({ spec: { tolerations: list } })

describe('NodeUnschedulable', () => {
  const snapshot = snapshotOf([node('free'), node('cordoned', { unschedulable: true })])
  const cordoned = { cordoned: '!node(s) were unschedulable' }
  const key = 'node.kubernetes.io/unschedulable'
  const cases: readonly (readonly [string, PodOptions, object])[] = [
    ['a plain pod', {}, cordoned],
    ['a pod that tolerates it', tolerations({ key, operator: 'Exists', effect: 'NoSchedule' }), {}],
    ['a pod that tolerates everything', tolerations({ operator: 'Exists' }), {}],
    ['a pod that tolerates another effect', tolerations({ key, operator: 'Exists', effect: 'NoExecute' }), cordoned],
  ]
  for (const [what, options, expected] of cases) {
    it(`judges ${what}`, () => assert.deepEqual(refusals(nodeUnschedulable, pod('p', options), snapshot), expected))
  }
})

describe('NodeName', () => {
  it('lets a pod that names its node go nowhere else', () => {
    const snapshot = snapshotOf([node('n1'), node('n2')])
    assert.deepEqual(refusals(nodeName, pod('p', { nodeName: 'n2' }), snapshot), {
      n1: "!node(s) didn't match the requested node name",
    })
    assert.deepEqual(refusals(nodeName, pod('p'), snapshot), {})
  })
})

describe('TaintToleration', () => {
  const snapshot = snapshotOf([
    node('clean'),
    node('no-schedule', { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] }),
    node('no-execute', { taints: [{ key: 'a', effect: 'NoExecute' }] }),
    node('soft', { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }),
  ])
  const says = '!node(s) had untolerated taint(s)'
  const cases: readonly (readonly [string, PodOptions, object])[] = [
    ['a plain pod', {}, { 'no-schedule': says, 'no-execute': says }],
    ['a pod that tolerates the value', tolerations({ key: 'a', value: 'b' }), { 'no-execute': says }],
    ['a pod that tolerates the key', tolerations({ key: 'a', operator: 'Exists' }), {}],
  ]
  for (const [what, options, expected] of cases) {
    it(`judges ${what}`, () => assert.deepEqual(refusals(taintToleration, pod('p', options), snapshot), expected))
  }

  it('prefers nodes with fewer soft taints that the pod does not tolerate', () => {
    const soft = (...keys: string[]) => ({ taints: keys.map((key) => ({ key, effect: 'PreferNoSchedule' as const })) })
    const nodes = [node('none'), node('one', soft('a')), node('two', soft('a', 'b')), node('hard', snapshotTaints)]
    const here = snapshotOf(nodes)
    assert.deepEqual(scores(taintToleration, pod('p'), here), { none: 100, one: 50, two: 0, hard: 100 })
    const tolerant = pod('p', tolerations({ key: 'a', operator: 'Exists', effect: 'PreferNoSchedule' }))
    assert.deepEqual(scores(taintToleration, tolerant, here), { none: 100, one: 100, two: 0, hard: 100 })
    // A toleration of another effect is none of a soft taint.
    const other = pod('p', tolerations({ key: 'a', operator: 'Exists', effect: 'NoSchedule' }))
    assert.deepEqual(scores(taintToleration, other, here), { none: 100, one: 50, two: 0, hard: 100 })
  })

  it('has no wish where no node has a soft taint', () => {
    assert.equal(scores(taintToleration, pod('p'), snapshotOf([node('n')])), undefined)
  })
})

const snapshotTaints = { taints: [{ key: 'x', effect: 'NoSchedule' as const }] }

describe('NodeAffinity', () => {
  const snapshot = snapshotOf([node('n1', { labels: { disk: 'ssd' } }), node('n2', { labels: { disk: 'hdd' } })])
  const required = (...nodeSelectorTerms: object[]): PodOptions => ({
    spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } },
  })
  const named = (...values: string[]) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] })
  const ssd = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }
  const says = "!node(s) didn't match Pod's node affinity/selector"
  const conflict = '!pod affinity terms conflict'
  const cases: readonly (readonly [string, PodOptions, object])[] = [
    ['no wish', {}, {}],
    ['a node selector', { spec: { nodeSelector: { disk: 'ssd' } } }, { n2: says }],
    ['an expression', required(ssd), { n2: says }],
    ['a name, as of a DaemonSet', required(named('n1')), { n2: 'not among the named' }],
    ['a name that does not exist', required(named('n3')), { n1: 'not among the named', n2: 'not among the named' }],
    [
      'names that exclude each other',
      required({ matchFields: [...named('n1').matchFields, ...named('n2').matchFields] }),
      { n1: conflict, n2: conflict },
    ],
    ['a name or an expression', required(named('n2'), ssd), {}],
    ['no term at all', required(), { n1: says, n2: says }],
  ]
  for (const [what, options, expected] of cases) {
    it(`judges ${what}`, () => assert.deepEqual(refusals(nodeAffinity, pod('p', options), snapshot), expected))
  }

  it('adds up the wishes that a node meets', () => {
    const preferredDuringSchedulingIgnoredDuringExecution = [
      { weight: 30, preference: ssd },
      { weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } },
      { weight: 50, preference: {} },
    ]
    const spec = { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution } } }
    assert.deepEqual(scores(nodeAffinity, pod('p', { spec }), snapshot), { n1: 100, n2: 25 })
    assert.equal(scores(nodeAffinity, pod('p'), snapshot), undefined)
  })
})

describe('NodePorts', () => {
  const port = (hostPort: number, protocol?: string, hostIP?: string) => ({
    containerPort: 80,
    hostPort,
    ...(protocol ? { protocol } : {}),
    ...(hostIP ? { hostIP } : {}),
  })
  const withPorts = (...ports: object[]): PodOptions => ({ spec: { containers: [{ name: 'c', image: 'i', ports }] } })
  const says = { n: "node(s) didn't have free ports for the requested pod ports" }
  const cases: readonly (readonly [string, object, object, object])[] = [
    ['the same port', port(80), port(80), says],
    ['another port', port(80), port(81), {}],
    ['another protocol', port(80, 'TCP'), port(80, 'UDP'), {}],
    ['the same address', port(80, 'TCP', '10.0.0.1'), port(80, 'TCP', '10.0.0.1'), says],
    ['another address', port(80, 'TCP', '10.0.0.1'), port(80, 'TCP', '10.0.0.2'), {}],
    ['every address against one', port(80, 'TCP', '0.0.0.0'), port(80, 'TCP', '10.0.0.2'), says],
    ['one address against every', port(80, 'TCP', '10.0.0.1'), port(80), says],
    ['a port that is not the host’s', { containerPort: 80 }, port(80), {}],
  ]
  for (const [what, there, wanted, expected] of cases) {
    it(`judges ${what}`, () => {
      const snapshot = snapshotOf(
        [node('n')],
        [pod('there', { ...withPorts(there), spec: { ...withPorts(there).spec, nodeName: 'n' } })],
      )
      assert.deepEqual(refusals(nodePorts, pod('p', withPorts(wanted)), snapshot), expected)
    })
  }

  it('counts sidecars and not other init containers, and frees what a pod had', () => {
    const ports = [port(80)]
    const sidecar = { initContainers: [{ name: 's', restartPolicy: 'Always', ports }], nodeName: 'n' }
    const init = { initContainers: [{ name: 'i', ports: [port(81)] }], nodeName: 'n' }
    const snapshot = snapshotOf([node('n')], [pod('a', { spec: sidecar }), pod('b', { spec: init })])
    assert.deepEqual(refusals(nodePorts, pod('p', withPorts(port(80))), snapshot), says)
    assert.deepEqual(refusals(nodePorts, pod('p', withPorts(port(81))), snapshot), {})
    snapshot.unplace('uid-a')
    assert.deepEqual(refusals(nodePorts, pod('p', withPorts(port(80))), snapshot), {})
  })
})

describe('ImageLocality', () => {
  const image = (name: string, mebibytes: number) => ({ names: [name], sizeBytes: mebibytes * 2 ** 20 })
  const nodes = [
    node('large', { images: [image('docker.io/library/app:1', 1023)] }),
    node('small', { images: [image('docker.io/library/other:1', 40)] }),
    node('none'),
    node('none2'),
  ]

  it('prefers nodes that have the image, by its size and how many have it', () => {
    // 1023 MiB, of which a quarter counts, less 23 of 1000 - 23 MiB.
    assert.deepEqual(scores(imageLocality, pod('p'), snapshotOf(nodes)), { large: 23, small: 0, none: 0, none2: 0 })
  })

  it('forgets the images of nodes that are gone or have lost them', () => {
    const snapshot = snapshotOf(nodes)
    snapshot.setNode(node('large'))
    assert.equal(scores(imageLocality, pod('p'), snapshot), undefined)
    const again = snapshotOf(nodes)
    again.removeNode('large')
    assert.equal(scores(imageLocality, pod('p'), again), undefined)
  })
})

describe('SchedulingGates', () => {
  it('holds back pods that have gates', () => {
    const isHeld = (spec: object) => schedulingGates.holdsBack?.(podInfo(pod('p', { spec })))
    assert.equal(isHeld({ schedulingGates: [{ name: 'x.io/g' }] }), true)
    assert.equal(isHeld({ schedulingGates: [] }), false)
    assert.equal(isHeld({}), false)
  })
})
