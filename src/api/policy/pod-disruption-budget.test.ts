import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lease } from '../coordination/lease.ts'
import { Endpoints } from '../core/endpoints.ts'
import { EndpointSlice } from '../discovery/endpoint-slice.ts'
import type { AnyKind } from '../kind.ts'
import { changeProblems, made, problems } from '../testing.ts'
import { PodDisruptionBudget } from './pod-disruption-budget.ts'

const slice = (more: object) => ({ addressType: 'IPv4', endpoints: [], ports: [], ...more })
const rows: readonly (readonly [string, AnyKind, object, readonly string[]])[] = [
  ['a budget', PodDisruptionBudget, { spec: { maxUnavailable: '20%', selector: { matchLabels: { a: 'b' } } } }, []],
  [
    'a budget with both bounds',
    PodDisruptionBudget,
    { spec: { minAvailable: 1, maxUnavailable: -1 } },
    [
      'spec: Invalid value: {"minAvailable":1,"maxUnavailable":-1}: minAvailable and maxUnavailable cannot be both set',
      'spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  ['a lease', Lease, { spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } }, []],
  [
    'a lease for no time',
    Lease,
    { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } },
    [
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  ['a slice', EndpointSlice, slice({ endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] }), []],
  ['a slice without a type', EndpointSlice, slice({ addressType: '' }), ['addressType: Required value']],
  [
    'a slice with addresses of another type',
    EndpointSlice,
    slice({ addressType: 'IPv6', endpoints: [{ addresses: ['10.0.0.1'] }, { addresses: [] }] }),
    [
      'endpoints[0].addresses[0]: Invalid value: "10.0.0.1": must be a valid IPv6 address',
      'endpoints[1].addresses: Required value: must contain at least 1 address',
    ],
  ],
  [
    'a slice with names that are no domains',
    EndpointSlice,
    slice({ addressType: 'FQDN', endpoints: [{ addresses: ['a', 'a.b.'] }] }),
    ['endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two segments separated by dots'],
  ],
  [
    'a slice with a hint that is given twice',
    EndpointSlice,
    slice({
      endpoints: [{ addresses: ['10.0.0.1'], hints: { forZones: [{ name: 'a' }, { name: 'a' }], forNodes: [] } }],
    }),
    ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"'],
  ],
  [
    'a slice of an unknown type',
    EndpointSlice,
    slice({ addressType: 'IP' }),
    ['addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"'],
  ],
  [
    'endpoints nobody can reach',
    Endpoints,
    { subsets: [{}, { addresses: [{ ip: '169.254.1.1' }], ports: [{ port: 1 }, { port: 2 }] }] },
    [
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
      'subsets[1].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'subsets[1].ports[0].name: Required value',
      'subsets[1].ports[1].name: Required value',
    ],
  ],
]
for (const [what, kind, sent, expected] of rows) {
  test(`the rules for ${what}`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}

test('the status of a budget has conditions like any other', () => {
  const budget = { metadata: { name: 'a' }, spec: { minAvailable: 1 } }
  const [first] = changeProblems(
    PodDisruptionBudget,
    budget,
    { ...budget, status: { conditions: [{ type: 'A', status: 'Foo' }] } },
    'status',
  )
  assert.equal(
    first,
    'status.conditions[0].status: Unsupported value: "Foo": supported values: "False", "True", "Unknown"',
  )
})

test('slices and endpoints are shown with the first of what they hold', () => {
  const endpoints = ['1', '2', '3', '4'].map((n) => ({ addresses: [`10.0.0.${n}`] }))
  const one = made(EndpointSlice, slice({ endpoints, ports: [{ name: 'http', port: 80 }, { name: 'x' }] }))
  assert.deepEqual(
    EndpointSlice.columns.slice(1, 4).map(({ value }) => value(one, 0)),
    ['IPv4', '80,x', '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...'],
  )
  const old = made(Endpoints, {
    subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], ports: [{ port: 80 }] }],
  })
  assert.equal(Endpoints.columns[1]?.value(old, 0), '10.0.0.1:80,[fd00::1]:80')
})
