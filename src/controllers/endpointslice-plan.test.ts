import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '#api/core/pod.ts'
import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { plan } from './endpointslice-plan.ts'
import { pod } from './fixtures.ts'

const service = (spec: object = {}): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'a', uid: 'uid-web' },
    spec: {
      selector: { app: 'web' },
      ipFamilies: ['IPv4'],
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...spec,
    },
    status: {},
  }) as unknown as Service

const ready = (name: string, n: number, rest: object = {}): Pod =>
  pod(name, { ready: 0, ip: `10.0.${Math.floor(n / 250)}.${(n % 250) + 1}`, ...rest })
const pods = (count: number, from = 0): Pod[] =>
  Array.from({ length: count }, (_, n) => ready(`p${String(from + n).padStart(4, '0')}`, from + n))
const nowhere = () => undefined

/** Carries a plan out, as the server would. */
function apply(slices: readonly EndpointSlice[], wanted: ReturnType<typeof plan>): EndpointSlice[] {
  const gone = new Set(wanted.remove)
  const changed = new Map(wanted.update.map((slice) => [slice.metadata.name, slice]))
  const created = wanted.create.map(
    (slice, n) =>
      ({ ...slice, metadata: { ...slice.metadata, name: `web-${slices.length + n}` } }) as unknown as EndpointSlice,
  )
  return [
    ...slices.filter((slice) => !gone.has(slice)).map((slice) => changed.get(slice.metadata.name) ?? slice),
    ...created,
  ]
}

const counts = (slices: readonly EndpointSlice[]) => slices.map(({ endpoints }) => endpoints.length)
const writes = ({ create, update, remove }: ReturnType<typeof plan>) => [create.length, update.length, remove.length]

test('plan() makes slices of at most a hundred', () => {
  const slices = apply([], plan(service(), pods(250), [], nowhere))
  assert.deepEqual(counts(slices), [100, 100, 50])
  assert.deepEqual(writes(plan(service(), pods(250), slices, nowhere)), [0, 0, 0])
})

test('plan() adds one pod by changing one slice', () => {
  const slices = apply([], plan(service(), pods(250), [], nowhere))
  const next = plan(service(), pods(251), slices, nowhere)
  assert.deepEqual(writes(next), [0, 1, 0])
  assert.deepEqual(counts(apply(slices, next)), [100, 100, 51])
})

test('plan() fills the gap where something changes anyway', () => {
  const slices = apply([], plan(service(), pods(250), [], nowhere))
  const without = [...pods(250).filter(({ metadata }) => metadata.name !== 'p0003'), ready('new', 900)]
  const next = plan(service(), without, slices, nowhere)
  assert.deepEqual(writes(next), [0, 1, 0])
  assert.deepEqual(counts(apply(slices, next)), [100, 100, 50])
})

test('plan() takes the last pod away and leaves one empty slice', () => {
  const slices = apply([], plan(service(), pods(250), [], nowhere))
  const next = plan(service(), [], slices, nowhere)
  assert.deepEqual(writes(next), [0, 1, 2])
  assert.deepEqual(counts(apply(slices, next)), [0])
  assert.deepEqual(writes(plan(service(), [], apply(slices, next), nowhere)), [0, 0, 0])
})

test('plan() uses the empty slice again for the first pod', () => {
  const slices = apply([], plan(service(), [], [], nowhere))
  assert.deepEqual(writes(plan(service(), pods(1), slices, nowhere)), [0, 1, 0])
})

test('plan() says what a pod is in', () => {
  const spec = { hostname: 'db-0', subdomain: 'web' }
  const [slice] = plan(service(), [ready('p', 1, { node: 'n7', spec })], [], () => 'zone-a').create
  assert.deepEqual(slice?.endpoints, [
    {
      addresses: ['10.0.0.2'],
      conditions: { ready: true, serving: true, terminating: false },
      hostname: 'db-0',
      targetRef: { kind: 'Pod', namespace: 'a', name: 'p', uid: 'uid-p' },
      nodeName: 'n7',
      zone: 'zone-a',
    },
  ])
  assert.deepEqual(slice?.ports, [{ name: '', protocol: 'TCP', port: 8080 }])
})

const states = [
  { name: 'unready', pod: pod('p', { ip: '10.0.0.1' }), want: [false, false, false] },
  {
    name: 'ending but still serving',
    pod: pod('p', { ip: '10.0.0.1', ready: 0, deleted: 5 }),
    want: [false, true, true],
  },
  {
    name: 'unready but published all the same',
    pod: pod('p', { ip: '10.0.0.1' }),
    spec: { publishNotReadyAddresses: true },
    want: [true, false, false],
  },
  {
    name: 'ending but published all the same',
    pod: pod('p', { ip: '10.0.0.1', deleted: 5 }),
    spec: { publishNotReadyAddresses: true },
    want: [true, false, true],
  },
]
for (const { name, pod: one, spec, want } of states)
  test(`plan() shows a pod that is ${name}`, () => {
    const conditions = plan(service(spec), [one], [], nowhere).create[0]?.endpoints?.[0]?.conditions
    assert.deepEqual([conditions?.ready, conditions?.serving, conditions?.terminating], want)
  })

test('plan() makes a headless Service without ports a slice without ports', () => {
  const [slice] = plan(service({ clusterIP: 'None', ports: undefined }), pods(1), [], nowhere).create
  assert.deepEqual([slice?.ports, slice?.endpoints?.length], [[], 1])
  assert.equal(slice?.metadata?.labels?.['service.kubernetes.io/headless'], '')
})

test('plan() keeps the families apart', () => {
  const both = pod('p', { ready: 0, ip: '10.0.0.1' })
  const status = { ...both.status, podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }
  const { create } = plan(service({ ipFamilies: ['IPv4', 'IPv6'] }), [{ ...both, status } as Pod], [], nowhere)
  assert.deepEqual(
    create.map(({ addressType, endpoints }) => [addressType, endpoints?.[0]?.addresses]),
    [
      ['IPv4', ['10.0.0.1']],
      ['IPv6', ['fd00::1']],
    ],
  )
})

test('plan() gives hints when traffic should stay near', () => {
  const near = service({ trafficDistribution: 'PreferSameNode' })
  const [slice] = plan(near, [ready('p', 1, { node: 'n7' })], [], () => 'zone-a').create
  assert.deepEqual(slice?.endpoints?.[0]?.hints, { forZones: [{ name: 'zone-a' }], forNodes: [{ name: 'n7' }] })
})
