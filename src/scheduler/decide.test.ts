import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide, fittingWanted } from './decide.ts'
import { node, type PodOptions, pod, snapshotOf } from './fixtures.ts'
import { type Plugin, refuse, refuseForGood } from './framework.ts'
import { plugins } from './plugins/index.ts'
import { podInfo } from './pod-info.ts'
import { summarize } from './summarize.ts'

const none = { start: 0 }
const filtering = (name: string, filter: NonNullable<Plugin['filter']>): Plugin => ({ name, wakes: [], filter })
const scoring = (name: string, weight: number, of: (name: string) => number): Plugin => ({
  name,
  wakes: [],
  score: { weight, of: (_pod, target) => of(target.name) },
})

describe('decide()', () => {
  const nodes = ['n1', 'n2', 'n3'].map((name) => node(name))
  const snapshot = snapshotOf(nodes)
  const p = podInfo(pod('p'))

  it('takes the node with the highest weighted sum', () => {
    const first = scoring('A', 1, (name) => (name === 'n1' ? 100 : 0))
    const second = scoring('B', 3, (name) => (name === 'n2' ? 50 : 0))
    assert.deepEqual(decide(p, snapshot, [first, second], { ...none }), {
      fits: true,
      node: 'n2',
      examined: 3,
      fitting: 3,
    })
  })

  it('takes equals in turn', () => {
    const turn = { start: 0 }
    const taken = Array.from({ length: 4 }, () => decide(p, snapshot, [], turn))
    assert.deepEqual(
      taken.map((decision) => decision.fits && decision.node),
      ['n1', 'n2', 'n3', 'n1'],
    )
  })

  it('weighs only nodes that fit, and asks nobody when one is left', () => {
    const onlyLast = filtering('F', (_pod, target) => (target.name === 'n3' ? undefined : refuse('no')))
    const never = scoring('S', 1, () => assert.fail('nothing to weigh'))
    assert.equal((decide(p, snapshot, [onlyLast, never], { ...none }) as { node: string }).node, 'n3')
  })

  it('tells every verdict, but summarizes and blames the first refusal of each node', () => {
    const first = filtering('A', (_pod, target) => (target.name === 'n1' ? refuseForGood('a') : undefined))
    const second = filtering('B', () => refuse('b', 'c'))
    const decision = decide(p, snapshot, [first, second], { ...none })
    assert.ok(!decision.fits)
    assert.deepEqual(
      decision.verdicts.map(({ node: name, plugin, reasons }) => `${name} ${plugin} ${reasons}`),
      ['n1 A a', 'n1 B b,c', 'n2 B b,c', 'n3 B b,c'],
    )
    assert.deepEqual([...decision.plugins], ['A', 'B'])
    assert.equal(
      decision.message,
      '0/3 nodes are available: 1 a, 2 b, 2 c. preemption: 0/3 nodes are available: ' +
        '1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
    )
  })

  it('blames nobody in a cluster without nodes', () => {
    const decision = decide(p, snapshotOf([]), plugins, { ...none })
    assert.ok(!decision.fits)
    assert.equal(decision.message, 'no nodes available to schedule pods')
    assert.equal(decision.plugins.size, 0)
  })

  it('stops looking when enough nodes of many fit, and goes on from there', () => {
    const many = snapshotOf(Array.from({ length: 400 }, (_, i) => node(`n${i}`)))
    const turn = { start: 0 }
    const first = decide(p, many, [], turn)
    assert.deepEqual(first, { fits: true, node: 'n0', examined: 188, fitting: 188 })
    assert.equal((decide(p, many, [], turn) as { node: string }).node, 'n188')
    assert.equal((decide(p, many, [], turn) as { node: string }).node, 'n376')
    assert.equal(turn.start, 164)
  })

  it('finds the one node of many that fits, wherever it is', () => {
    const many = snapshotOf(Array.from({ length: 400 }, (_, i) => node(`n${i}`)))
    const only = filtering('F', (_pod, target) => (target.name === 'n399' ? undefined : refuse('no')))
    for (const start of [0, 399, 400, 12_345]) {
      assert.equal((decide(p, many, [only], { start }) as { node: string }).node, 'n399')
    }
  })
})

describe('decide(), of nodes that are out of the question from the start', () => {
  const tainted = { taints: [{ key: 'a', effect: 'NoSchedule' as const }] }
  const naming = (...names: string[]) => {
    const matchFields = names.map((name) => ({ key: 'metadata.name', operator: 'In', values: [name] }))
    const required = { nodeSelectorTerms: [{ matchFields }] }
    return pod('p', {
      spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } },
    })
  }
  const blamed = (one: ReturnType<typeof pod>) => {
    const snapshot = snapshotOf([node('n1', tainted), node('n2', tainted)])
    const decision = decide(podInfo(one), snapshot, plugins, { ...none })
    return decision.fits ? [] : [...decision.plugins].sort()
  }

  it('blames only who put them there', () => {
    assert.deepEqual(blamed(pod('p')), ['TaintToleration'])
    assert.deepEqual(blamed(naming('n3')), ['NodeAffinity'])
    assert.deepEqual(blamed(naming('n1')), ['NodeAffinity', 'TaintToleration'])
    assert.deepEqual(blamed(naming('n1', 'n2')), ['NodeAffinity'])
  })
})

describe('fittingWanted()', () => {
  for (const [nodes, expected] of [
    [0, 0],
    [99, 99],
    [100, 100],
    [1000, 420],
    [5000, 500],
    [10_000, 500],
  ] as const) {
    it(`wants ${expected} of ${nodes}`, () => assert.equal(fittingWanted(nodes), expected))
  }
})

describe('the sentence, over all plugins', () => {
  const tainted = { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' as const }] }
  const notHelpful = (n: number) => `${n} Preemption is not helpful for scheduling`
  const noVictims = (n: number) => `${n} No preemption victims found for incoming pod`
  const named = (...values: string[]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchFields: values.map((v) => ({ key: 'metadata.name', operator: 'In', values: [v] })) },
          ],
        },
      },
    },
  })
  const cases: readonly (readonly [string, PodOptions, string])[] = [
    [
      'several causes',
      { requests: { cpu: '2' } },
      `1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. ` +
        `preemption: 0/3 nodes are available: ${noVictims(1)}, ${notHelpful(2)}.`,
    ],
    [
      'more than any node has',
      { requests: { cpu: '100' }, spec: { tolerations: [{ operator: 'Exists' }] } },
      `3 Insufficient cpu. preemption: 0/3 nodes are available: ${notHelpful(3)}.`,
    ],
    [
      'a pod of a DaemonSet',
      { requests: { cpu: '2' }, spec: named('n1') },
      `1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. ` +
        `preemption: 0/3 nodes are available: ${noVictims(1)}, ${notHelpful(2)}.`,
    ],
    [
      'names that exclude each other',
      { spec: named('n1', 'n2') },
      `pod affinity terms conflict. preemption: 0/3 nodes are available: ${notHelpful(3)}.`,
    ],
    [
      'a selector that nothing matches',
      { spec: { nodeSelector: { disk: 'ssd' }, tolerations: [{ operator: 'Exists' }] } },
      `3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: ${notHelpful(3)}.`,
    ],
  ]
  const nodes = [node('n1'), node('n2', tainted), node('n3', { unschedulable: true })]
  const busy = pod('busy', { nodeName: 'n1', requests: { cpu: '3' } })
  for (const [what, options, expected] of cases) {
    it(`is upstream's for ${what}`, () => {
      const decision = decide(podInfo(pod('p', options)), snapshotOf(nodes, [busy]), plugins, { ...none })
      assert.ok(!decision.fits)
      assert.equal(decision.message, `0/3 nodes are available: ${expected}`)
    })
  }
})

describe('summarize()', () => {
  it('sorts by text, as upstream: numbers too', () => {
    const refusals = [...Array.from({ length: 10 }, () => refuse('b')), refuse('a'), refuse('a')]
    assert.equal(
      summarize({ nodes: 12, refusals, pod: pod('p') }),
      '0/12 nodes are available: 10 b, 2 a. preemption: 0/12 nodes are available: ' +
        '12 No preemption victims found for incoming pod.',
    )
  })

  it('says so of pods that never preempt', () => {
    assert.equal(
      summarize({ nodes: 1, refusals: [refuse('a')], pod: pod('p', { spec: { preemptionPolicy: 'Never' } }) }),
      '0/1 nodes are available: 1 a. preemption: not eligible due to preemptionPolicy=Never.',
    )
  })
})
