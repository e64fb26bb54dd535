import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Constructed } from '#api/cel/constructed.ts'
import { fromJson, List, LiteralMap, type Value } from '#api/cel/values.ts'
import { Pod } from '#api/core/pod.ts'
import { decode } from '#api/decode.ts'
import { StatusError } from '#api/status-error.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { applied, Unmutable } from './apply-configuration.ts'
import { patched } from './json-patch.ts'

const pod = deepFreeze({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'a', labels: { a: 'b' }, finalizers: ['x.y/z'] },
  spec: {
    containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 1 }], env: [{ name: 'A', value: 'b' }] }],
    tolerations: [{ key: 'k' }],
    nodeSelector: { a: 'b' },
  },
})

const name = fc.constantFrom(
  ...[
    'metadata',
    'spec',
    'containers',
    'labels',
    'name',
    'image',
    'env',
    'value',
    'ports',
    'tolerations',
    'finalizers',
  ],
  ...['__proto__', 'constructor', 'toString', '', 'a', 'nodeSelector', 'volumes', 'resources', 'limits'],
)
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.string(), fc.bigInt({ min: -9n, max: 9n }), fc.boolean(), fc.constant(null), fc.double()),
    fc.array(tie('value')).map((items) => new List(items)),
    fc.array(fc.tuple(name, tie('value'))).map((entries) => {
      const map = new LiteralMap()
      for (const [key, item] of entries) map.add(key, item)
      return map
    }),
    fc
      .array(fc.tuple(name, tie('value')))
      .chain((entries) =>
        fc.constantFrom('Object', 'Object.spec', 'Object.metadata').map((type) => [type, entries] as const),
      )
      .map(([type, entries]) => new Constructed(type, new Map(entries))),
    fc.json().map((text) => fromJson(JSON.parse(text))),
  ),
}))

/** A plain object, that can be read as the kind it is or is refused in words. */
function isSound(work: () => object): void {
  let result: object
  try {
    result = work()
  } catch (error) {
    assert.ok(error instanceof Unmutable || error instanceof StatusError, String(error))
    return
  }
  assert.equal(Object.getPrototypeOf(result), Object.prototype)
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result)
  try {
    decode(Pod, result)
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error))
  }
}

const runs = { numRuns: 500, seed: 7 }

test('whatever a configuration is, it is merged or refused, and the object stays as it was', () => {
  const configuration = fc.array(fc.tuple(name, value)).map((fields) => new Constructed('Object', new Map(fields)))
  fc.assert(
    fc.property(configuration, (one) => isSound(() => applied(Pod, pod, one))),
    runs,
  )
})

test('whatever a patch is, it is applied or refused, and the object stays as it was', () => {
  const path = fc
    .array(fc.oneof(name, fc.constantFrom('0', '-', '1', '~1')))
    .map((parts) => parts.map((part) => `/${part}`).join(''))
  const operation = fc
    .record({
      op: fc.constantFrom('add', 'remove', 'replace', 'copy', 'move', 'test', 'x'),
      path,
      from: fc.oneof(path, fc.constant('')),
      value: fc.option(value, { nil: undefined }),
    })
    .map(
      (fields) =>
        new Constructed(
          'JSONPatch',
          new Map(Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined)),
        ),
    )
  fc.assert(
    fc.property(fc.array(fc.oneof(operation, value)), (operations) =>
      isSound(() => patched(pod, new List(operations))),
    ),
    runs,
  )
})
