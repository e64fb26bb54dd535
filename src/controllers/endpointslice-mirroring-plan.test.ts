import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoints } from '#api/core/endpoints.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { isToBeMirrored, plan } from './endpointslice-mirroring-plan.ts'

const endpoints = (subsets: readonly object[], metadata: object = {}): Endpoints =>
  ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'db', namespace: 'a', uid: 'u', ...metadata },
    subsets,
  }) as unknown as Endpoints

const made = (from: Endpoints, slices: readonly EndpointSlice[] = []): readonly EndpointSlice[] =>
  plan(from, slices).create.map((draft, i) => ({ ...draft, metadata: { ...draft.metadata, name: `db-${i}` } })) as never

const port = { name: 'sql', port: 5432, protocol: 'TCP' }
const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ ip: `10.0.${(n + from) >> 8}.${(n + from) & 255}` }))

test('plan() mirrors addresses, names, ports, labels and annotations', () => {
  const targetRef = { kind: 'Pod', name: 'p', uid: 'pu' }
  const from = endpoints(
    [
      {
        addresses: [{ ip: '10.0.0.1', hostname: 'one', nodeName: 'n1', targetRef }],
        notReadyAddresses: [{ ip: '10.0.0.2' }],
        ports: [{ ...port, appProtocol: 'example.com/sql' }],
      },
    ],
    {
      labels: { team: 'red', 'endpointslice.kubernetes.io/managed-by': 'me' },
      annotations: {
        note: 'x',
        'endpoints.kubernetes.io/last-change-trigger-time': '2030-01-01T00:00:00Z',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
      },
    },
  )
  const { create, ...others } = plan(from, [])
  assert.deepEqual(others, { update: [], remove: [], complaints: [] })
  assert.deepEqual(create, [
    {
      metadata: {
        generateName: 'db-',
        namespace: 'a',
        labels: {
          team: 'red',
          'kubernetes.io/service-name': 'db',
          'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
        },
        annotations: { note: 'x' },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Endpoints', name: 'db', uid: 'u', controller: true, blockOwnerDeletion: true },
        ],
      },
      addressType: 'IPv4',
      ports: [{ ...port, appProtocol: 'example.com/sql' }],
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: { ready: true }, hostname: 'one', targetRef, nodeName: 'n1' },
        { addresses: ['10.0.0.2'], conditions: { ready: false } },
      ],
    },
  ])
})

test('plan() makes a slice for each set of ports and kind of address', () => {
  const from = endpoints([
    { addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], ports: [port] },
    { addresses: [{ ip: '10.0.0.2' }], ports: [port] },
    { addresses: [{ ip: '10.0.0.3' }], ports: [{ port: 80, protocol: 'TCP' }] },
    { addresses: [{ ip: '10.0.0.4' }] },
  ])
  const shown = plan(from, []).create.map(({ addressType, ports, endpoints: all }) => [
    addressType,
    ports?.map(({ name, port: number }) => `${name} ${number}`).join(),
    all?.flatMap(({ addresses }) => addresses).join(),
  ])
  assert.deepEqual(shown.sort(), [
    ['IPv4', ' 80', '10.0.0.3'],
    ['IPv4', '', '10.0.0.4'],
    ['IPv4', 'sql 5432', '10.0.0.1,10.0.0.2'],
    ['IPv6', 'sql 5432', 'fd00::1'],
  ])
})

test('plan() takes an address that is ready and not ready for not ready', () => {
  const address = { ip: '10.0.0.1' }
  const [draft] = plan(endpoints([{ addresses: [address], notReadyAddresses: [address], ports: [port] }]), []).create
  assert.deepEqual(draft?.endpoints, [{ addresses: ['10.0.0.1'], conditions: { ready: false } }])
})

test('plan() leaves alone what is right, in whatever order', () => {
  const from = endpoints([{ addresses: many(3), ports: [port] }])
  const [slice] = made(from)
  assert.ok(slice)
  const turned = { ...slice, endpoints: slice.endpoints.toReversed() }
  assert.deepEqual(plan(from, [turned]), { create: [], update: [], remove: [], complaints: [] })
})

test('plan() changes the slice that it has, when ports, addresses, labels or annotations change', () => {
  const slices = made(endpoints([{ addresses: many(1), ports: [port] }]))
  const changed = [
    endpoints([{ addresses: many(2), ports: [port] }]),
    endpoints([{ addresses: many(1), ports: [{ ...port, port: 9999 }] }]),
    endpoints([{ addresses: many(1), ports: [port] }], { labels: { a: 'b' } }),
    endpoints([{ addresses: many(1), ports: [port] }], { annotations: { a: 'b' } }),
  ]
  for (const from of changed) {
    const { create, update, remove } = plan(from, slices)
    assert.deepEqual([create.length, update.map(({ metadata }) => metadata.name), remove.length], [0, ['db-0'], 0])
    assert.deepEqual(plan(from, update).update, [])
  }
})

test('plan() removes what nothing stands for any more, and never changes a kind of address', () => {
  const four = made(endpoints([{ addresses: many(1), ports: [port] }]))
  assert.deepEqual(plan(endpoints([]), four).remove, four)
  const { create, update, remove } = plan(endpoints([{ addresses: [{ ip: 'fd00::1' }], ports: [port] }]), four)
  assert.deepEqual([create.map(({ addressType }) => addressType), update, remove], [['IPv6'], [], four])
})

test('plan() mirrors a thousand addresses of a subset, and says what it has skipped', () => {
  const invalid = { ip: 'nonsense' }
  const from = endpoints([{ addresses: [...many(900), invalid], notReadyAddresses: many(400, 900), ports: [port] }])
  const { create, complaints } = plan(from, [])
  const ready = create[0]?.endpoints?.filter(({ conditions }) => conditions?.ready).length
  assert.deepEqual([create.length, create[0]?.endpoints?.length, ready], [1, 1000, 900])
  assert.deepEqual(complaints, [
    ['InvalidIPAddress', 'Skipped 1 invalid IP addresses when mirroring to EndpointSlices'],
    [
      'TooManyAddressesToMirror',
      'A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 301 addresses were skipped',
    ],
  ])
})

test('isToBeMirrored() leaves out what says so, and locks', () => {
  const cases = [
    [{}, true],
    [{ labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, false],
    [{ labels: { 'endpointslice.kubernetes.io/skip-mirror': 'false' } }, true],
    [{ annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }, false],
  ] as const
  for (const [metadata, expected] of cases) assert.equal(isToBeMirrored(endpoints([], metadata)), expected)
})
