import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { Namespace } from './namespace.ts'
import { Node } from './node.ts'

test('a new node brings its status, and may give all it has', () => {
  const node = made(Node, { status: { capacity: { cpu: '4' }, phase: 'Running' } })
  assert.deepEqual(node.status.allocatable, { cpu: '4' })
  assert.equal(node.status.phase, 'Running')
})

const taint = { key: 'a', effect: 'NoSchedule' }
const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'a taint twice',
    { spec: { taints: [taint, taint] } },
    [
      'metadata.taints[1]: Duplicate value: {"key":"a","effect":"NoSchedule"}: taints must be unique by key and effect pair',
    ],
  ],
  ['a taint without effect', { spec: { taints: [{ key: 'a' }] } }, ['metadata.taints[0].effect: Required value']],
  [
    'an unknown effect',
    { spec: { taints: [{ key: 'a', effect: 'Never' }] } },
    [
      'spec.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
  ],
  [
    'less than nothing',
    { status: { capacity: { cpu: '-1' } } },
    [
      'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
      'status.allocatable.cpu: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ],
  [
    'a network that is none',
    { spec: { podCIDRs: ['10.0.0.0'] } },
    ['spec.podCIDRs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
  ],
]
for (const [what, sent, expected] of wrong) {
  test(`a node is refused for ${what}`, () => {
    assert.deepEqual(problems(Node, sent), expected)
  })
}

test('a node keeps the network that it was given', () => {
  const before = { spec: { podCIDRs: ['10.0.0.0/24'] } }
  assert.deepEqual(changeProblems(Node, {}, before), [])
  assert.deepEqual(changeProblems(Node, before, { spec: { podCIDRs: ['10.0.1.0/24'] } }), [
    'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
  ])
})

test('the table of nodes has the cells of upstream', () => {
  const node = made(Node, {
    metadata: { labels: { 'node-role.kubernetes.io/control-plane': '', 'node-role.kubernetes.io/a': '' } },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: { kubeletVersion: 'v1.37.0' },
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    },
  })
  const cells = Node.columns.map(({ name, value }) => `${name}: ${value(node, 0)}`)
  assert.deepEqual(cells, [
    'Name: a',
    'Status: Ready,SchedulingDisabled',
    'Roles: a,control-plane',
    'Age: <unknown>',
    'Version: v1.37.0',
    'Internal-IP: 10.0.0.1',
    'External-IP: <none>',
    'OS-Image: <unknown>',
    'Kernel-Version: <unknown>',
    'Container-Runtime: <unknown>',
  ])
})

test('a namespace is named in its labels, and stays until it is let go', () => {
  const namespace = made(Namespace, { metadata: { name: 'shop' } })
  assert.deepEqual(namespace.metadata.labels, { 'kubernetes.io/metadata.name': 'shop' })
  assert.deepEqual(namespace.spec.finalizers, ['kubernetes'])
  assert.deepEqual(namespace.status, { phase: 'Active' })
  const next = made(Namespace, { metadata: { name: 'shop' } })
  next.spec = {}
  Namespace.strategy.prepareForUpdate?.(next, namespace, { nowMs: 0 })
  assert.deepEqual(next.spec.finalizers, ['kubernetes'])
  next.spec = {}
  Namespace.strategy.prepareForUpdate?.(next, namespace, { nowMs: 0, subresource: 'finalize' })
  assert.deepEqual(next.spec, {})
})
