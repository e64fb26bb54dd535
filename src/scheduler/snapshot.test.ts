import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Node } from '#api/core/node.ts'
import type { Pod } from '#api/core/pod.ts'
import { parseSelector } from '#api/labels.ts'
import type { DomainCounts } from './domain-counts.ts'
import { node, pod, snapshotOf } from './fixtures.ts'
import { podInfo } from './pod-info.ts'
import { Snapshot } from './snapshot.ts'
import { termKinds } from './terms.ts'

const hostKey = 'kubernetes.io/hostname'
const zoneKey = 'topology.kubernetes.io/zone'

type Step =
  | { readonly does: 'setNode'; readonly node: Node }
  | { readonly does: 'removeNode'; readonly name: string }
  | { readonly does: 'place'; readonly pod: Pod; readonly nodeName: string }
  | { readonly does: 'unplace'; readonly uid: string }
  | { readonly does: 'ask' }

const nodeNames = ['n1', 'n2', 'n3']
const podNames = ['p1', 'p2', 'p3', 'p4', 'p5']

const term = { topologyKey: zoneKey, labelSelector: { matchLabels: { app: 'web' } } }
const affinity = {
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
  podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, podAffinityTerm: term }] },
}

const anyNode = fc
  .record({
    name: fc.constantFrom(...nodeNames),
    zone: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    cpu: fc.constantFrom('2', '4'),
    unschedulable: fc.boolean(),
    taint: fc.constantFrom('NoSchedule' as const, 'PreferNoSchedule' as const, undefined),
    image: fc.boolean(),
  })
  .map(({ name, zone, cpu, unschedulable, taint, image }) =>
    node(name, {
      ...(zone ? { zone } : {}),
      allocatable: { cpu },
      unschedulable,
      ...(taint ? { taints: [{ key: 't', effect: taint }] } : {}),
      ...(image ? { images: [{ names: ['app:1'], sizeBytes: 5 }] } : {}),
    }),
  )

const anyPod = fc
  .record({
    name: fc.constantFrom(...podNames),
    app: fc.constantFrom('web', 'db'),
    cpu: fc.constantFrom('100m', '250m', undefined),
    gpu: fc.boolean(),
    owner: fc.constantFrom('rs1', 'rs2', undefined),
    deleted: fc.boolean(),
    shy: fc.boolean(),
    port: fc.boolean(),
  })
  .map(({ name, app, cpu, gpu, owner, deleted, shy, port }) =>
    pod(name, {
      labels: { app },
      ...(owner ? { owner } : {}),
      deleted,
      spec: {
        ...(shy ? { affinity } : {}),
        containers: [
          {
            name: 'c',
            image: 'app:1',
            ports: port ? [{ containerPort: 1, hostPort: 80 }] : [],
            resources: { requests: { ...(cpu ? { cpu } : {}), ...(gpu ? { 'x.io/gpu': '1' } : {}) } },
          },
        ],
      },
    }),
  )

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  anyNode.map((one) => ({ does: 'setNode' as const, node: one })),
  fc.constantFrom(...nodeNames).map((name) => ({ does: 'removeNode' as const, name })),
  fc.record({ does: fc.constant('place' as const), pod: anyPod, nodeName: fc.constantFrom(...nodeNames) }),
  fc.constantFrom(...podNames).map((name) => ({ does: 'unplace' as const, uid: `uid-${name}` })),
  fc.constant({ does: 'ask' as const }),
)

const shown = (counts: DomainCounts) => ({
  byNode: Object.fromEntries([...counts.byNode].map(([{ name }, count]) => [name, count])),
  byHost: Object.fromEntries(counts.byDomain(hostKey)),
  byZone: Object.fromEntries(counts.byDomain(zoneKey)),
})

/** All that a snapshot tells. */
function view(snapshot: Snapshot) {
  const { counts, terms } = snapshot
  const shy = podInfo(pod('x', { spec: { affinity } })).terms
  return {
    nodes: Object.fromEntries(
      snapshot.nodes.map(({ pods, hostPorts, node: _, ...rest }) => [
        rest.name,
        { ...rest, pods: [...pods.keys()].sort(), ports: [...hostPorts.keys()].sort() },
      ]),
    ),
    counts: [
      counts.selected('a', parseSelector('app=web')),
      counts.selected('a', parseSelector('')),
      counts.selected('b', parseSelector('app=web')),
      counts.meantBy(shy.requiredAntiAffinity),
      counts.ownedBy('rs1'),
      counts.ownedBy('rs2'),
    ].map(shown),
    terms: termKinds.map((kind) =>
      Object.fromEntries([...terms.placed(kind)].map(([name, placed]) => [name, shown(placed.counts)])),
    ),
    domains: [hostKey, zoneKey].map((key) => Object.fromEntries(snapshot.domains(key))),
    image: snapshot.nodesWithImage('app:1'),
    tallies: [snapshot.unschedulable, snapshot.tainted, snapshot.softlyTainted],
  }
}

describe('a snapshot', () => {
  it('shows after any history just what one made from the end of it shows', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
        const snapshot = new Snapshot()
        const nodes = new Map<string, Node>()
        const placed = new Map<string, Pod>()
        for (const step of steps) {
          if (step.does === 'setNode') {
            snapshot.setNode(step.node)
            nodes.set(step.node.metadata.name ?? '', step.node)
          } else if (step.does === 'removeNode') {
            snapshot.removeNode(step.name)
            nodes.delete(step.name)
          } else if (step.does === 'place') {
            snapshot.place(podInfo(step.pod), step.nodeName)
            const { metadata, spec } = step.pod
            placed.set(metadata.uid ?? '', { ...step.pod, spec: { ...spec, nodeName: step.nodeName } })
          } else if (step.does === 'unplace') {
            snapshot.unplace(step.uid)
            placed.delete(step.uid)
          } else view(snapshot)
        }
        const fromScratch = snapshotOf([...nodes.values()], [...placed.values()])
        assert.deepEqual(view(snapshot), view(fromScratch))
        // Pods on nodes that are not known are not seen; all of them are once their nodes are there.
        for (const name of nodeNames) for (const one of [snapshot, fromScratch]) one.setNode(node(name))
        assert.deepEqual(view(snapshot), view(fromScratch))
      }),
      { numRuns: 200, seed: 20300101 },
    )
  })

  it('counts a pod where it is, not where it was', () => {
    const snapshot = snapshotOf([node('n1'), node('n2')])
    const info = podInfo(pod('p', { requests: { cpu: '1' } }))
    snapshot.place(info, 'n1')
    snapshot.place(info, 'n1')
    snapshot.place(info, 'n2')
    assert.deepEqual(
      snapshot.nodes.map(({ milliCpu, pods }) => [milliCpu, pods.size]),
      [
        [0, 0],
        [1000, 1],
      ],
    )
    assert.equal(snapshot.placed('uid-p')?.nodeName, 'n2')
    snapshot.unplace('uid-p')
    snapshot.unplace('uid-p')
    assert.equal(snapshot.node('n2')?.milliCpu, 0)
  })

  it('has its nodes in turns, one of each zone after the other', () => {
    const zones = { a1: 'a', a2: 'a', a3: 'a', b1: 'b', c1: 'c', c2: 'c' }
    const snapshot = snapshotOf(Object.entries(zones).map(([name, zone]) => node(name, { zone })))
    const names = () => snapshot.nodes.map(({ name }) => name).join(' ')
    assert.equal(names(), 'a1 b1 c1 a2 c2 a3')
    snapshot.setNode(node('a2', { zone: 'b' }))
    assert.equal(names(), 'a1 a2 c1 a3 b1 c2')
    snapshot.removeNode('a1')
    assert.equal(names(), 'a2 a3 c1 b1 c2')
  })
})
