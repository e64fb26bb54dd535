// Random values of any schema, for properties in tests. Sparse and shallow, so that the largest kinds stay small; what
// comes out is not canonical until it went through decode.ts.

import fc from 'fast-check'
import { formatTime } from '#lib/clock.ts'
import type { AnyKind } from './kind.ts'
import { type AnySchema, resolved, type ScalarName } from './schema.ts'

const time = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => formatTime(seconds * 1000))

/** Words that collide often, so that lists share keys and patches meet what they change. */
const word = fc.oneof(fc.constantFrom('a', 'b', 'c', 'web', 'TCP'), fc.string({ maxLength: 4 }))

const scalars: Readonly<Record<ScalarName, fc.Arbitrary<unknown>>> = {
  string: word,
  bool: fc.boolean(),
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  bytes: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  quantity: fc.constantFrom('0', '1', '100m', '1500m', '64Mi', '1Gi', '2k'),
  intOrString: fc.oneof(fc.integer(), fc.constantFrom('http', '25%')),
  time,
  microTime: fc.tuple(time, fc.nat(999_999)).map(([t, us]) => `${t.slice(0, 19)}.${String(us).padStart(6, '0')}Z`),
  duration: fc.constantFrom('1s', '1m30s', '2h0m0s', '15ms'),
  any: fc.dictionary(word, fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxKeys: 3, noNullPrototype: true }),
}

const maxFields = 4

/** `keys` are fields that a message always has: those by which its list tells the items apart. */
export function arbitraryOf(schema: AnySchema, depth = 0, keys: readonly string[] = []): fc.Arbitrary<unknown> {
  const shape = resolved(schema)
  const choices = schema.rules.oneOf ?? schema.rules.choices
  switch (shape.type) {
    case 'message': {
      // An object in another one has an apiVersion and a kind, which protobuf does not carry.
      const names = Object.keys(shape.fields).filter((name) => shape.fields[name]?.tag !== 0)
      const maxLength = Math.min(names.length, depth > 5 ? 1 : maxFields)
      return fc.subarray(names, { maxLength }).chain((some) => {
        const chosen = [...new Set([...keys, ...some])]
        const fields = chosen.map((name) => [name, arbitraryOf(shape.fields[name]?.schema as AnySchema, depth + 1)])
        return fc.record(Object.fromEntries(fields))
      })
    }
    case 'list':
      return fc.array(arbitraryOf(shape.of, depth + 1, keysOf(schema)), { maxLength: depth > 5 ? 1 : 3 })
    case 'map':
      return fc.dictionary(word, arbitraryOf(shape.of, depth + 1), { maxKeys: 3, noNullPrototype: true })
    case 'either':
      return fc.oneof(...Object.values(shape.forms).map((form) => arbitraryOf(form.schema, depth + 1)))
    default:
      return choices ? fc.constantFrom(...choices) : scalars[shape.type]
  }
}

const keysOf = ({ rules }: AnySchema): readonly string[] =>
  rules.listMapKeys ?? (rules.patchMergeKey === undefined ? [] : [rules.patchMergeKey])

/** An object of the kind as a client may send it, with metadata and the fields beside it. */
export const arbitraryObject = (kind: AnyKind): fc.Arbitrary<Record<string, unknown>> => {
  const shape = resolved(kind.schema)
  if (shape.type !== 'message') throw new TypeError('a kind is a message')
  const fields = Object.entries(shape.fields).filter(([name]) => name !== 'apiVersion' && name !== 'kind')
  return fc
    .record(Object.fromEntries(fields.map(([name, { schema }]) => [name, arbitraryOf(schema)])))
    .map((object) => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...object }))
}
