import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, node, startMs } from './fixtures.ts'
import { evictionRate, silentConditions, taintsFor, zoneState } from './node-health.ts'

const nowMs = startMs + 100_000
const ready = (status: string) => ({ type: 'Ready', status, lastTransitionTime: at(0) })
const show = (taints: ReturnType<typeof taintsFor>) =>
  taints.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`)

const taints = [
  { name: 'none for a node that is well', conditions: [ready('True')], want: [] },
  {
    name: 'not-ready, and pods are driven out when it is its turn',
    conditions: [ready('False')],
    evict: true,
    want: ['not-ready:NoSchedule', 'not-ready:NoExecute'],
  },
  {
    name: 'unreachable, and pods stay until it is its turn',
    conditions: [ready('Unknown')],
    want: ['unreachable:NoSchedule'],
  },
  {
    name: 'pressure keeps pods away only',
    conditions: [ready('True'), { type: 'MemoryPressure', status: 'True' }, { type: 'PIDPressure', status: 'False' }],
    want: ['memory-pressure:NoSchedule'],
  },
  {
    name: 'cordoned',
    conditions: [ready('True')],
    spec: { unschedulable: true },
    want: ['unschedulable:NoSchedule'],
  },
  {
    name: 'what drives out changes its name without losing its turn',
    conditions: [ready('Unknown')],
    spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }] },
    want: ['unreachable:NoSchedule', 'unreachable:NoExecute'],
  },
  {
    name: 'ours go when the node is well again, those of others stay',
    conditions: [ready('True')],
    spec: {
      taints: [
        { key: 'example.com/gpu', effect: 'NoSchedule' },
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
      ],
    },
    want: ['example.com/gpu:NoSchedule'],
  },
]
for (const { name, conditions, evict = false, spec = {}, want } of taints)
  test(`taintsFor(): ${name}`, () => {
    assert.deepEqual(show(taintsFor(node('n', { spec, status: { conditions } }), conditions, evict, nowMs)), want)
  })

test('silentConditions() turns what was reported to Unknown, and adds what never was', () => {
  const before = [ready('True'), { type: 'DiskPressure', status: 'False' }, { type: 'Custom', status: 'True' }]
  const conditions = silentConditions(node('n', { status: { conditions: before } }), nowMs)
  assert.deepEqual(
    conditions.map(({ type, status, reason }) => [type, status, reason]),
    [
      ['Ready', 'Unknown', 'NodeStatusUnknown'],
      ['DiskPressure', 'Unknown', 'NodeStatusUnknown'],
      ['Custom', 'True', undefined],
      ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ],
  )
  assert.equal(conditions[0]?.message, 'Kubelet stopped posting node status.')
  assert.equal(conditions[0]?.lastTransitionTime, at(100))
})

test('zoneState() tells a few failures from a disaster', () => {
  assert.deepEqual(
    [zoneState(3, 0), zoneState(2, 1), zoneState(1, 2), zoneState(2, 3), zoneState(0, 1), zoneState(0, 0)],
    ['Normal', 'Normal', 'Normal', 'PartialDisruption', 'FullDisruption', 'Normal'],
  )
})

test('evictionRate() drives nobody out when everything seems dead, and slows down when much does', () => {
  const nodes = (count: number, down: number, zone = 'a') =>
    Array.from({ length: count }, (_, n) =>
      node(`${zone}${n}`, {
        metadata: { labels: { 'topology.kubernetes.io/zone': zone } },
        status: { conditions: [ready(n < down ? 'Unknown' : 'True')] },
      }),
    )
  const rate = (all: ReturnType<typeof nodes>) => evictionRate(all[0]!, all, 0.1).perSecond
  assert.equal(rate(nodes(3, 1)), 0.1)
  assert.equal(rate(nodes(3, 3)), 0)
  assert.equal(rate([...nodes(3, 3), ...nodes(3, 0, 'b')]), 0.1)
  assert.equal(rate(nodes(10, 6)), 0)
  assert.equal(rate(nodes(100, 60)), 0.01)
})
