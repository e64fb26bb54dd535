// Bodies: whatever stands in one, it is refused as the client's fault, or it is an object that every form can carry
// and give back as it was.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { arbitraryObject } from '#api/arbitrary.ts'
import { decode } from '#api/decode.ts'
import { applyDefaults } from '#api/defaults.ts'
import { FieldErrors } from '#api/field-errors.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { builtIn } from '#api/kinds.ts'
import { decodeBody } from '#api/parse-body.ts'
import { decodeMessage, encodeMessage } from '#api/protobuf.ts'
import { decodeProtobuf, encodeProtobuf } from '#api/protobuf-envelope.ts'
import { validateCreate, validateUpdate } from '#api/validate.ts'
import { parseExact } from '#lib/exact-json.ts'
import { type Area, area, attempt } from './law.ts'
import { mutated, mutatedBytes, mutatedText } from './values.ts'

const kinds = builtIn.all

interface Given<T> {
  readonly kind: AnyKind
  readonly value: T
}

/** A failure is to show the name of the kind, not all of it. */
export function named(kind: AnyKind): AnyKind {
  return Object.defineProperty(kind, fc.toStringMethod, { value: () => kind.resource, configurable: true })
}

const ofKind = <T>(make: (kind: AnyKind) => fc.Arbitrary<T>): fc.Arbitrary<Given<T>> =>
  fc.nat(kinds.length - 1).chain((at) => make(kinds[at]!).map((value) => ({ kind: named(kinds[at]!), value })))

/** Told by the place where they differ. */
function checkSame(text: string, wanted: string, what: string): void {
  if (text === wanted) return
  assert.deepEqual(JSON.parse(text), JSON.parse(wanted), what)
  assert.equal(text, wanted, what)
}

/** What is stored can be read again, in every form, and means the same. */
export function checkStable(kind: AnyKind, object: ApiObject): void {
  const text = JSON.stringify(object)
  const again = decode(kind, parseExact(text)).object
  checkSame(JSON.stringify(again), text, 'decoding again changes it')
  if (!kind.custom) {
    const bytes = encodeMessage(kind.schema, object)
    const { object: carried } = decode(kind, decodeMessage(kind.schema, bytes))
    checkSame(JSON.stringify(carried), text, 'protobuf changes it')
    const enveloped = decodeProtobuf(kind.schema, encodeProtobuf(kind, object))
    assert.equal(JSON.stringify(decode(kind, enveloped).object), text)
  }
  const fresh = structuredClone(object)
  applyDefaults(kind, fresh)
  const defaulted = JSON.stringify(fresh)
  applyDefaults(kind, fresh)
  assert.equal(JSON.stringify(fresh), defaulted, 'defaults twice are not defaults once')
  validateCreate(kind, fresh, new FieldErrors())
  const old = structuredClone(fresh)
  validateUpdate(kind, fresh, old, '', new FieldErrors())
  validateUpdate(kind, fresh, old, 'status', new FieldErrors())
  for (const { value } of kind.columns) value(fresh, 0)
  for (const valueOf of Object.values(kind.selectableFields)) valueOf(fresh)
}

const objects = ofKind(arbitraryObject)
const texts = objects.map(({ kind, value }) => ({ kind, value: JSON.stringify(value) }))
const wired = objects.map(({ kind, value }) => ({ kind, value: encodeProtobuf(kind, decode(kind, value).object) }))

const changed = <T>(given: fc.Arbitrary<Given<T>>, change: (values: fc.Arbitrary<T>) => fc.Arbitrary<T>) =>
  given.chain(({ kind, value }) => change(fc.constant(value)).map((next) => ({ kind, value: next })))

export const decoding = async (): Promise<Area> =>
  area([
    {
      name: 'objects of every kind are the same after any way',
      runs: 150,
      property: fc.property(objects, ({ kind, value }) => checkStable(kind, decode(kind, value).object)),
    },
    {
      name: 'objects with something strange in them are refused, or the same after any way',
      runs: 250,
      property: fc.property(
        changed(objects, (values) => mutated(values)),
        fc.constantFrom('Ignore', 'Warn', 'Strict'),
        ({ kind, value }, strictness) => {
          const decoded = attempt(() => decodeBody(kind, JSON.stringify(value), { strictness }))
          if (decoded) checkStable(kind, decoded.object)
        },
      ),
    },
    {
      name: 'broken JSON is refused, or the same after any way',
      runs: 200,
      property: fc.property(
        changed(texts, mutatedText),
        fc.constantFrom('json', 'yaml'),
        fc.constantFrom('Ignore', 'Warn', 'Strict'),
        ({ kind, value }, format, strictness) => {
          const decoded = attempt(() => decodeBody(kind, value, { format, strictness }))
          if (decoded) checkStable(kind, decoded.object)
        },
      ),
    },
    {
      name: 'broken YAML is refused, or the same after any way',
      runs: 100,
      property: fc.property(
        changed(
          objects.map(({ kind, value }) => ({ kind, value: stringify(value) })),
          mutatedText,
        ),
        fc.constantFrom('Ignore', 'Warn', 'Strict'),
        ({ kind, value }, strictness) => {
          const decoded = attempt(() => decodeBody(kind, value, { format: 'yaml', strictness }))
          if (decoded) checkStable(kind, decoded.object)
        },
      ),
    },
    {
      name: 'broken bytes as text are refused, or the same after any way',
      runs: 100,
      property: fc.property(
        changed(
          texts.map(({ kind, value }) => ({ kind, value: Buffer.from(value) as Uint8Array })),
          mutatedBytes,
        ),
        fc.constantFrom('json', 'yaml'),
        ({ kind, value }, format) => {
          const decoded = attempt(() => decodeBody(kind, value, { format, strictness: 'Strict' }))
          if (decoded) checkStable(kind, decoded.object)
        },
      ),
    },
    {
      name: 'broken protobuf is refused, or the same after any way',
      runs: 300,
      property: fc.property(changed(wired, mutatedBytes), ({ kind, value }) => {
        const decoded = attempt(() => decode(kind, decodeProtobuf(kind.schema, value)))
        if (decoded) checkStable(kind, decoded.object)
      }),
    },
    {
      name: 'bytes of another kind are refused, or the same after any way',
      runs: 100,
      property: fc.property(wired, fc.nat(kinds.length - 1), ({ value }, at) => {
        const kind = kinds[at]!
        const decoded = attempt(() => decode(kind, { ...decodeProtobuf(kind.schema, value), kind: '', apiVersion: '' }))
        if (decoded) checkStable(kind, decoded.object)
      }),
    },
  ])
