import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '#api/core/service.ts'
import { plan, subsetsOf, truncate } from './endpoints.ts'
import { pod } from './fixtures.ts'

const service = (spec: object = {}): Service =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'a' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP' }], ...spec },
    status: {},
  }) as unknown as Service

const named = (name: string, port: number) => ({
  containers: [{ name: 'main', ports: [{ name, containerPort: port, protocol: 'TCP' }] }],
})

test('subsetsOf() puts ports together that lead to the same addresses', () => {
  const ports = [
    { name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' },
    { name: 'metrics', port: 9090, protocol: 'TCP' },
  ]
  const subsets = subsetsOf(service({ ports }), [
    pod('a', { ip: '10.0.0.1', ready: 0, spec: named('web', 8000) }),
    pod('b', { ip: '10.0.0.2', ready: 0, spec: named('web', 9000) }),
  ])
  assert.deepEqual(
    subsets.map(({ addresses, ports }) => [
      addresses?.map(({ ip }) => ip),
      ports?.map(({ name, port }) => `${name} ${port}`),
    ]),
    [
      [['10.0.0.1'], ['http 8000']],
      [['10.0.0.2'], ['http 9000']],
      [['10.0.0.1', '10.0.0.2'], ['metrics 9090']],
    ],
  )
})

test('subsetsOf() leaves out pods that are ending, unless unready ones are published', () => {
  const ending = pod('a', { ip: '10.0.0.1', ready: 0, deleted: 5 })
  assert.deepEqual(subsetsOf(service(), [ending]), [])
  assert.equal(subsetsOf(service({ publishNotReadyAddresses: true }), [ending])[0]?.addresses?.length, 1)
})

test('truncate() keeps a thousand addresses, the ready ones first', () => {
  const many = (count: number, kind: string) => Array.from({ length: count }, (_, n) => ({ ip: `${kind}${n}` }))
  const [subset] = truncate([{ addresses: many(900, 'r'), notReadyAddresses: many(400, 'n') }])
  assert.deepEqual([subset?.addresses?.length, subset?.notReadyAddresses?.length], [900, 100])
  const [full] = truncate([{ addresses: many(1200, 'r'), notReadyAddresses: many(5, 'n') }])
  assert.deepEqual([full?.addresses?.length, full?.notReadyAddresses], [1000, undefined])
})

test('plan() says so when there are too many', () => {
  const pods = Array.from({ length: 1001 }, (_, n) => pod(`p${n}`, { ready: 0, ip: `10.0.${n >> 8}.${n & 255}` }))
  const draft = plan(service(), pods, undefined)
  assert.equal(draft?.metadata?.annotations?.['endpoints.kubernetes.io/over-capacity'], 'truncated')
})
