import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '#api/core/service.ts'
import type { EndpointSlice } from '#api/discovery/endpoint-slice.ts'
import { seededRandom } from '#lib/random.ts'
import { chooseEndpoint } from './endpoint.ts'

const service = {
  metadata: { name: 'web', namespace: 'n' },
  spec: {
    ports: [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ],
  },
} as unknown as Service

const slice = {
  ports: [
    { name: 'http', port: 8080 },
    { name: 'https', port: 8443 },
  ],
  endpoints: [
    { addresses: ['10.0.0.1'], conditions: { ready: false }, targetRef: { kind: 'Pod', name: 'starting' } },
    { addresses: ['10.0.0.2'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'one' } },
    { addresses: ['10.0.0.3'], conditions: { ready: true }, targetRef: { kind: 'Pod', name: 'two' } },
  ],
} as unknown as EndpointSlice

const elsewhere = {
  ports: [{ name: 'https', port: 6443 }],
  endpoints: [{ addresses: ['192.0.2.7'] }],
} as unknown as EndpointSlice

const choices = (wanted: string, slices: readonly EndpointSlice[]) => {
  const random = seededRandom(1)
  const chosen = Array.from({ length: 50 }, () => chooseEndpoint(service, wanted, slices, random))
  return [...new Set(chosen.map(({ pod, address, port }) => `${pod} ${address}:${port}`))].sort()
}

test('every ready endpoint gets its share, by number, by name and by default', () => {
  assert.deepEqual(choices('443', [slice]), ['one 10.0.0.2:8443', 'two 10.0.0.3:8443'])
  assert.deepEqual(choices('https', [slice, elsewhere]), [
    'one 10.0.0.2:8443',
    'two 10.0.0.3:8443',
    'undefined 192.0.2.7:6443',
  ])
  assert.deepEqual(choices('', [slice]), ['one 10.0.0.2:8080', 'two 10.0.0.3:8080'])
})

test('what cannot be chosen is said as upstream says it', () => {
  assert.throws(() => chooseEndpoint(service, '81', [slice], seededRandom(1)), {
    message: 'no service port "81" found for service "web"',
  })
  assert.throws(() => chooseEndpoint(service, '80', [], seededRandom(1)), {
    message: 'no endpoints available for service "web"',
  })
})
