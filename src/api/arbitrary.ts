// For tests: random JSON that fits a schema, nulls, zeros and foreign texts of quantities and times included.

import fc from 'fast-check'
import { type AnySchema, resolved, type ScalarName } from './schema.ts'

const texts = fc.constantFrom('', 'a', 'b-c', 'x/y', 'ü', '__proto__', 'toString')

const scalars: Readonly<Record<ScalarName, fc.Arbitrary<unknown>>> = {
  string: texts,
  bool: fc.boolean(),
  int32: fc.integer({ min: -3, max: 70_000 }),
  int64: fc.integer(),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((d) => !Object.is(d, -0)),
  bytes: fc.constantFrom('', 'YQ==', 'YWI=', 'YWJj\n'),
  quantity: fc.constantFrom<unknown>('0', '1', '0.5', '1024Mi', '1.5Gi', 2, 0.25, '1e3', '1n', '-1'),
  intOrString: fc.constantFrom<unknown>(0, 1, '25%', 'http', ''),
  time: fc.constantFrom('2024-05-01T10:00:00Z', '2024-05-01T10:00:00.5+02:00'),
  microTime: fc.constantFrom('2024-05-01T10:00:00.123456Z', '2024-05-01T10:00:00.000000-01:00'),
  duration: fc.constantFrom('1h', '90s', '1.5s', '0'),
  any: fc.constantFrom<unknown>({ a: { b: [1, null] } }, [], 'x', 0),
}

/** `depth` bounds types that contain themselves. */
export function arbitraryOf(schema: AnySchema, depth = 6): fc.Arbitrary<unknown> {
  const shape = resolved(schema)
  if (shape.type === 'message') {
    if (depth === 0) return fc.constant({})
    const fields = Object.entries(shape.fields).map(([name, field]) => [
      name,
      fc.option(
        fc.constant(null).chain(() => arbitraryOf(field.schema, depth - 1)),
        { freq: 1, nil: null },
      ),
    ])
    // A few of the many fields: objects of real size, and each field in its turn.
    return fc
      .subarray(fields as [string, fc.Arbitrary<unknown>][], { maxLength: Math.min(8, fields.length) })
      .chain((some) => fc.record(Object.fromEntries(some)))
  }
  if (shape.type === 'list') return fc.array(arbitraryOf(shape.of, depth), { maxLength: 2 })
  if (shape.type === 'map') return fc.dictionary(texts, arbitraryOf(shape.of, depth), { maxKeys: 3 })
  return scalars[shape.type]
}
