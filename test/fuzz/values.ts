// What JSON can be that nobody expects, and changes at random places of values, texts and bytes.

import fc from 'fast-check'
import { parseExact } from '#lib/exact-json.ts'
import { put } from '#lib/json.ts'

/** Names that mean something to JavaScript, to the API, or to nobody. */
export const strangeKey = fc.constantFrom(
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '', ' ', 'a.b', 'a/b', '~0~1'],
  ...[
    '$patch',
    '$retainKeys',
    '$setElementOrder/containers',
    '$deleteFromPrimitiveList/finalizers',
    '\ud800',
    '\u0000',
  ],
  ...['metadata', 'spec', 'status', 'name', 'kind', 'apiVersion', 'labels', 'managedFields', 'items', 'k:{"name":"a"}'],
)

const deep = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 'x'
  for (let i = 0; i < depth; i++) value = wrap(value)
  return value
}

export const strangeScalar = fc
  .oneof(
    fc.constantFrom<unknown>(
      ...[
        null,
        true,
        false,
        0,
        -0,
        1,
        -1,
        1.5,
        1e21,
        -1e300,
        2 ** 31,
        -(2 ** 31),
        2 ** 53,
        9007199254740993n,
        -(2n ** 63n),
        2 ** 63,
        -(2 ** 63),
        1e-7,
      ],
      ...[
        '',
        ' ',
        '0',
        '-1',
        '1e3',
        '1Ki',
        '9999999999999999999999',
        '\ud800',
        '\udfff\ud800',
        '\u0000',
        '\u2028',
        'a\nb',
      ],
      ...[
        '2024-02-30T00:00:00Z',
        '0000-01-01T00:00:00Z',
        '0001-01-01T00:00:00Z',
        '0001-01-01T00:00:00.000000Z',
        '0001-01-01T00:00:00.000000001Z',
        '2024-01-01T00:00:00.000001Z',
        '0000-01-01T00:00:00+05:00',
        '9999-12-31T23:59:59-05:00',
        '9999-12-31T23:59:59.999999999Z',
        '24h',
        '-1ns',
        '2562047h47m16.854775807s',
        '100000h1ns',
        '1.0000000001s',
        '1.5h1m',
      ],
      ...['=', 'AAA=', '..', '../a', 'A'.repeat(300), '::1', '010.1.1.1', '1.2.3.4/33', '*', '%', '{{a}}', 'self.a'],
      ...['__proto__', 'constructor', 'toString'],
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.double(),
    fc.maxSafeInteger(),
  )
  .map((value) => (typeof value === 'number' && !Number.isFinite(value) ? 0 : value))

export const strangeValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: strangeScalar },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>({}, [], [[]], [{}], [null], { a: null }, [1, 'a'], { '': {} }),
  },
  {
    weight: 2,
    arbitrary: fc.array(fc.tuple(strangeKey, strangeScalar), { maxLength: 3 }).map((entries) => {
      const object: Tree = {}
      for (const [key, value] of entries) put(object, key, value)
      return object
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(5, 40, 990, 1100), fc.boolean())
      .map(([depth, list]) => deep(depth, (inner) => (list ? [inner] : { a: inner }))),
  },
)

type Tree = Record<string, unknown>

interface Edit {
  readonly at: number
  readonly from: number
  readonly how: 'replace' | 'remove' | 'add' | 'copy' | 'repeat'
  readonly key: string
  readonly value: unknown
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(10_000),
  from: fc.nat(10_000),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'copy', 'repeat'),
  key: strangeKey,
  value: strangeValue,
})

interface Place {
  readonly holder: Tree | unknown[]
  readonly key: string
}

function placesOf(value: unknown, places: Place[] = [], depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || depth > 50) return places
  for (const key of Object.keys(value)) {
    places.push({ holder: value as Tree, key })
    placesOf((value as Tree)[key], places, depth + 1)
  }
  return places
}

const set = (holder: Tree | unknown[], key: string, value: unknown): void => put(holder as Tree, key, value)
const copyOf = (value: unknown): unknown => parseExact(JSON.stringify(value ?? null))

function edited(root: Tree, { at, from, how, key, value: given }: Edit): void {
  // Of their own: what is put in may be changed by the next.
  const value = copyOf(given)
  const places = placesOf(root)
  const place = places[at % places.length]
  if (!place) return
  const { holder } = place
  const there = (holder as Tree)[place.key]
  switch (how) {
    case 'replace':
      set(holder, place.key, value)
      return
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(place.key), 1)
      else delete holder[place.key]
      return
    case 'add':
      if (typeof there === 'object' && there !== null && !Array.isArray(there)) set(there as Tree, key, value)
      else if (Array.isArray(there)) there.push(value)
      else if (!Array.isArray(holder)) set(holder, key, value)
      return
    case 'copy': {
      const source = places[from % places.length]!
      set(holder, place.key, copyOf((source.holder as Tree)[source.key]))
      return
    }
    case 'repeat':
      if (Array.isArray(there)) there.push(...(copyOf(there) as unknown[]))
      else if (Array.isArray(holder)) holder.push(copyOf(there))
  }
}

/** A copy with a few changes anywhere in it. */
export const mutated = (values: fc.Arbitrary<object>, maxLength = 4): fc.Arbitrary<Tree> =>
  fc.tuple(values, fc.array(edit, { minLength: 1, maxLength })).map(([value, edits]) => {
    const root = copyOf(value) as Tree
    for (const one of edits) edited(root, one)
    return root
  })

const snippet = fc.constantFrom(
  ...['{', '}', '[', ']', '"', ',', ':', '\\', '\\ud800', '\\u0000', 'null', '1e999', '-', '0x1', '1_000', "'", '#'],
  ...[
    '\n',
    '\t',
    '\r\n',
    '&a ',
    '*a',
    '<<: ',
    '!!binary ',
    '!!int ',
    '---\n',
    '...\n',
    '? ',
    '- ',
    '|\n ',
    '>-\n',
    '%',
  ],
  ...['\u2028', '\ufeff', '\ufffd', '\u0000', '"a":1,', '"__proto__":{},', '"metadata":{},', 'y', '~', '.inf', '.nan'],
)

/** A text with pieces cut out, doubled, or put in. */
export const mutatedText = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      texts,
      fc.array(fc.tuple(fc.nat(100_000), fc.nat(12), fc.oneof(snippet, fc.constant(''))), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([text, cuts]) =>
      cuts.reduce((all, [at, length, piece]) => {
        const from = at % (all.length + 1)
        return all.slice(0, from) + piece + all.slice(from + (piece === '' ? length : length % 3))
      }, text),
    )

/** Bytes of which some are others, are missing, or stand twice. */
export const mutatedBytes = (all: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      all,
      fc.array(fc.tuple(fc.nat(100_000), fc.constantFrom('set', 'cut', 'twice', 'end'), fc.nat(255)), {
        minLength: 1,
        maxLength: 5,
      }),
    )
    .map(([bytes, edits]) =>
      edits.reduce<Uint8Array>((now, [at, how, byte]) => {
        const from = at % (now.length + 1)
        switch (how) {
          case 'set': {
            const next = Uint8Array.from(now)
            if (from < next.length) next[from] = byte
            return next
          }
          case 'cut':
            return Buffer.concat([now.subarray(0, from), now.subarray(from + (byte % 16))])
          case 'twice':
            return Buffer.concat([now.subarray(0, from), now.subarray(Math.max(0, from - (byte % 32)))])
          default:
            return now.subarray(0, from)
        }
      }, bytes),
    )
