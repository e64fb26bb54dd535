import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pod } from '#api/core/pod.ts'
import { Service } from '#api/core/service.ts'
import type { AnyKind } from '#api/kind.ts'
import { equals } from './field-set.ts'
import { areFieldsOf, fieldsOf } from './owned-fields.ts'
import { ownershipOf } from './ownership.ts'

const pods: readonly object[] = [
  {},
  { metadata: { name: 'a' } },
  { metadata: { name: 'a', labels: {} } },
  { metadata: { name: 'a', labels: { app: 'x' } } },
  { metadata: { name: 'a', labels: { app: 'y', tier: 'web' } } },
  { metadata: { name: 'a', finalizers: ['x', 'y'] } },
  { metadata: { name: 'a', finalizers: ['y'] }, spec: {} },
  { spec: { containers: [] } },
  { spec: { containers: null, hostNetwork: true } },
  { spec: { containers: [{ name: 'c' }] } },
  { spec: { containers: [{ name: 'c', image: 'x', args: ['a', 'b'] }], tolerations: [{ key: 'a' }] } },
  { spec: { containers: [{ image: 'z', args: ['c'], name: 'c' }], tolerations: [] } },
  {
    spec: {
      containers: [
        { name: 'c', ports: [{ containerPort: 80 }] },
        { name: 'd', env: [{ name: 'A' }] },
      ],
    },
  },
  {
    spec: {
      containers: [
        { name: 'd', env: [{ name: 'A' }] },
        { name: 'c', ports: [{ containerPort: 80 }] },
      ],
    },
  },
  { spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, protocol: 'UDP' }] }] } },
  { spec: { volumes: [{ name: 'v', emptyDir: {} }], unknown: { a: [1], b: {} } } },
]

const services: readonly object[] = [
  { spec: { ports: [{ port: 80 }, { port: 443, protocol: 'TCP' }], selector: { app: 'x' } } },
  { spec: { ports: [{ port: 80, targetPort: 'http' }], selector: { app: 'y' } }, status: { loadBalancer: {} } },
]

const cases: readonly (readonly [string, AnyKind, readonly object[]])[] = [
  ['pods', Pod, pods],
  ['services', Service, services],
]

for (const [name, kind, objects] of cases) {
  test(`areFieldsOf() says of ${name} what comparing the sets says`, () => {
    const owned = ownershipOf(kind)
    for (const a of objects) {
      const set = fieldsOf(owned, a)
      for (const b of objects) {
        const text = `${JSON.stringify(a)} ${JSON.stringify(b)}`
        assert.equal(areFieldsOf(set, owned, b), equals(set, fieldsOf(owned, b)), text)
      }
    }
  })
}

test('areFieldsOf() says no where items cannot be told apart', () => {
  const owned = ownershipOf(Pod)
  const lists = [[{ name: 'c' }, { name: 'c', image: 'x' }], [{ image: 'without a name' }]]
  for (const containers of lists) {
    const pod = { spec: { containers } }
    assert.equal(areFieldsOf(fieldsOf(owned, pod), owned, pod), false)
  }
})
