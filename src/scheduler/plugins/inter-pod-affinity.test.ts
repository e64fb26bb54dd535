import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { node, type PodOptions, pod, refusals, scores, snapshotOf } from '../fixtures.ts'
import { interPodAffinity } from './inter-pod-affinity.ts'

const zoneKey = 'topology.kubernetes.io/zone'
const nodes = [node('a1', { zone: 'a' }), node('a2', { zone: 'a' }), node('b1', { zone: 'b' }), node('x')]

const term = (app: string, options: object = {}) => ({
  topologyKey: zoneKey,
  labelSelector: { matchLabels: { app } },
  ...options,
})
type Side = 'podAffinity' | 'podAntiAffinity'
const required = (side: Side, ...terms: object[]) => ({
  spec: { affinity: { [side]: { requiredDuringSchedulingIgnoredDuringExecution: terms } } },
})
const preferred = (side: Side, ...terms: (readonly [number, object])[]) => ({
  spec: {
    affinity: {
      [side]: {
        preferredDuringSchedulingIgnoredDuringExecution: terms.map(([weight, podAffinityTerm]) => ({
          weight,
          podAffinityTerm,
        })),
      },
    },
  },
})
const on = (nodeName: string, options: { spec: object }) => ({ spec: { ...options.spec, nodeName } })

const web = pod('web', { labels: { app: 'web' }, nodeName: 'a1' })
const notNear = "!node(s) didn't match pod affinity rules"
const tooNear = "node(s) didn't match pod anti-affinity rules"
const keptAway = "node(s) didn't satisfy existing pods anti-affinity rules"

describe('InterPodAffinity, when it decides', () => {
  const farFrom = { b1: notNear, x: notNear }
  const everywhere = { a1: notNear, a2: notNear, b1: notNear, x: notNear }
  const namespaces = { a: { team: 'a' }, other: { team: 'o' } }
  const inOther = pod('other', { labels: { app: 'web' }, namespace: 'other', nodeName: 'b1' })
  const cases: readonly (readonly [string, PodOptions, object])[] = [
    ['no wish', {}, {}],
    ['nearness to what is there', required('podAffinity', term('web')), farFrom],
    [
      'nearness by node',
      required('podAffinity', term('web', { topologyKey: 'kubernetes.io/hostname' })),
      {
        a2: notNear,
        ...farFrom,
      },
    ],
    ['nearness to what is nowhere', required('podAffinity', term('db')), everywhere],
    [
      'nearness to its own kind, of which it is the first',
      {
        labels: { app: 'db' },
        ...required('podAffinity', term('db')),
      },
      { x: notNear },
    ],
    [
      'nearness to two kinds that are nowhere, of which it is one',
      { labels: { app: 'db' }, ...required('podAffinity', term('db'), term('cache')) },
      everywhere,
    ],
    ['nearness to two kinds at once, that no pod is', required('podAffinity', term('web'), term('db')), everywhere],
    ['farness from what is there', required('podAntiAffinity', term('web')), { a1: tooNear, a2: tooNear }],
    ['farness from what is nowhere', required('podAntiAffinity', term('db')), {}],
    [
      'nearness to another namespace',
      required('podAffinity', term('web', { namespaces: ['other'] })),
      {
        a1: notNear,
        a2: notNear,
        x: notNear,
      },
    ],
    ['nearness to all namespaces', required('podAffinity', term('web', { namespaceSelector: {} })), { x: notNear }],
    [
      'nearness to namespaces by label',
      required(
        'podAffinity',
        term('web', {
          namespaceSelector: { matchLabels: { team: 'o' } },
        }),
      ),
      { a1: notNear, a2: notNear, x: notNear },
    ],
    [
      'nearness to namespaces by label and name',
      required(
        'podAffinity',
        term('web', {
          namespaces: ['a'],
          namespaceSelector: { matchLabels: { team: 'o' } },
        }),
      ),
      { x: notNear },
    ],
    ['nothing selected', required('podAffinity', { topologyKey: zoneKey }), everywhere],
    [
      'labels of its own that must be the same',
      {
        labels: { rev: '2' },
        ...required('podAffinity', term('web', { matchLabelKeys: ['rev'] })),
      },
      everywhere,
    ],
    [
      'labels of its own that must differ',
      {
        labels: { app: 'web' },
        ...required('podAntiAffinity', term('web', { mismatchLabelKeys: ['app'] })),
      },
      {},
    ],
  ]
  for (const [what, options, expected] of cases) {
    it(`judges ${what}`, () => {
      const snapshot = snapshotOf(nodes, [web, inOther], namespaces)
      assert.deepEqual(refusals(interPodAffinity, pod('p', options), snapshot), expected)
    })
  }

  it('counts pods that are being deleted: they are still there', () => {
    const leaving = pod('web', { labels: { app: 'web' }, nodeName: 'a1', deleted: true })
    const wanted = pod('p', required('podAntiAffinity', term('web')))
    assert.deepEqual(refusals(interPodAffinity, wanted, snapshotOf(nodes, [leaving])), { a1: tooNear, a2: tooNear })
  })

  it('keeps a pod away from those that do not want it near', () => {
    const shy = pod('shy', on('b1', required('podAntiAffinity', term('web'))))
    const snapshot = snapshotOf(nodes, [shy])
    assert.deepEqual(refusals(interPodAffinity, pod('p', { labels: { app: 'web' } }), snapshot), { b1: keptAway })
    assert.deepEqual(refusals(interPodAffinity, pod('p', { labels: { app: 'db' } }), snapshot), {})
    assert.deepEqual(refusals(interPodAffinity, pod('p', { labels: { app: 'web' }, namespace: 'n' }), snapshot), {})
    snapshot.unplace('uid-shy')
    assert.deepEqual(refusals(interPodAffinity, pod('p', { labels: { app: 'web' } }), snapshot), {})
  })

  it('judges what placed pods ask by the labels that namespaces have now', () => {
    const namespaces: Record<string, Record<string, string>> = { n: { team: 'x' } }
    const shy = pod(
      'shy',
      on('b1', required('podAntiAffinity', term('web', { namespaceSelector: { matchLabels: { team: 'y' } } }))),
    )
    const snapshot = snapshotOf(nodes, [shy], namespaces)
    const wanted = pod('p', { labels: { app: 'web' }, namespace: 'n' })
    assert.deepEqual(refusals(interPodAffinity, wanted, snapshot), {})
    namespaces.n = { team: 'y' }
    assert.deepEqual(refusals(interPodAffinity, wanted, snapshot), { b1: keptAway })
    snapshot.unplace('uid-shy')
    assert.deepEqual(refusals(interPodAffinity, wanted, snapshot), {})
  })
})

describe('InterPodAffinity, when it weighs', () => {
  const two = [web, pod('db', { labels: { app: 'db' }, nodeName: 'b1' })]

  it('adds and takes the weights of what is near', () => {
    const wanted = pod('p', preferred('podAffinity', [10, term('web')], [5, term('db')]))
    assert.deepEqual(scores(interPodAffinity, wanted, snapshotOf(nodes, two)), { a1: 100, a2: 100, b1: 50, x: 0 })
    const shy = pod('p', preferred('podAntiAffinity', [10, term('web')]))
    assert.deepEqual(scores(interPodAffinity, shy, snapshotOf(nodes, two)), { a1: 0, a2: 0, b1: 100, x: 100 })
  })

  it('weighs what placed pods wish about this one, and what they need a little', () => {
    const p = pod('p', { labels: { app: 'web' } })
    const fond = pod('fond', on('b1', preferred('podAffinity', [4, term('web')])))
    const needing = pod('needing', on('a1', required('podAffinity', term('web'))))
    assert.deepEqual(scores(interPodAffinity, p, snapshotOf(nodes, [fond, needing])), { a1: 25, a2: 25, b1: 100, x: 0 })
    const shy = pod('shy', on('a1', preferred('podAntiAffinity', [4, term('web')])))
    assert.deepEqual(scores(interPodAffinity, p, snapshotOf(nodes, [shy])), { a1: 0, a2: 0, b1: 100, x: 100 })
  })

  it('has no say where nobody wishes anything', () => {
    assert.equal(scores(interPodAffinity, pod('p', { labels: { app: 'web' } }), snapshotOf(nodes, two)), undefined)
    assert.equal(
      scores(interPodAffinity, pod('p', preferred('podAffinity', [1, term('none')])), snapshotOf(nodes, two)),
      undefined,
    )
  })
})
