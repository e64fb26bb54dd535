// Patches of all four types on whatever is there: they are refused as the client's fault, or what comes out is an
// object like any other; what they are given stays as it is.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { arbitraryObject } from '#api/arbitrary.ts'
import { decode } from '#api/decode.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { builtIn } from '#api/kinds.ts'
import { parseJson } from '#api/parse-body.ts'
import { deepFreeze } from '#lib/freeze.ts'
import { isObject } from '#lib/json.ts'
import { withOldTimes } from '#server/managed-entries.ts'
import { trackUpdate } from '#server/managed-fields.ts'
import { applyPatch, applyServerSide, type PatchType } from '#server/patch/index.ts'
import { checkStable, named } from './decoding.ts'
import { type Area, area, attempt } from './law.ts'
import { mutated, strangeKey, strangeValue } from './values.ts'

const kinds = builtIn.all.filter(({ verbs }) => verbs.includes('patch'))
const nowMs = Date.UTC(2026, 0, 1)

interface Given {
  readonly kind: AnyKind
  readonly live: ApiObject
  readonly patch: unknown
}

const liveOf = (kind: AnyKind, value: object): ApiObject => {
  const { object } = decode(kind, value)
  return deepFreeze(trackUpdate({ kind, old: undefined, next: object, manager: 'first', nowMs }) as ApiObject)
}

/** JSON as it would come through a body. */
const parsed = (value: unknown): unknown => {
  const text = JSON.stringify(value)
  try {
    return deepFreeze(parseJson(text).value as object)
  } catch {
    return null
  }
}

const ofKind = (patchOf: (kind: AnyKind, live: fc.Arbitrary<object>) => fc.Arbitrary<unknown>): fc.Arbitrary<Given> =>
  fc.nat(kinds.length - 1).chain((at) => {
    const kind = named(kinds[at]!)
    return arbitraryObject(kind).chain((value) =>
      patchOf(kind, fc.constant(value)).map((patch) => ({ kind, live: liveOf(kind, value), patch: parsed(patch) })),
    )
  })

/** Objects that are like the live one, are another one, or are neither. */
const partly = (kind: AnyKind, live: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.oneof(mutated(live), mutated(arbitraryObject(kind)), arbitraryObject(kind), mutated(live, 12))

const directive = fc.constantFrom<readonly [string, unknown]>(
  ['$patch', 'delete'],
  ['$patch', 'replace'],
  ['$patch', 'merge'],
  ['$patch', 1],
  ['$retainKeys', ['name', 'type']],
  ['$retainKeys', 'name'],
  ['$deleteFromPrimitiveList/finalizers', ['a', 'web']],
  ['$deleteFromPrimitiveList/finalizers', {}],
  ['$setElementOrder/containers', [{ name: 'a' }, { name: 'web' }]],
  ['$setElementOrder/finalizers', ['b', 'a']],
  ['$setElementOrder/ports', [1, null]],
)

/** With directives strewn over its objects. */
const directed = (patches: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.tuple(patches, fc.array(fc.tuple(fc.nat(1000), directive), { maxLength: 4 })).map(([patch, directives]) => {
    const objects: Record<string, unknown>[] = []
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || objects.length > 500) return
      if (!Array.isArray(value)) objects.push(value as Record<string, unknown>)
      Object.values(value).forEach(walk)
    }
    const copy: unknown = JSON.parse(JSON.stringify(patch))
    walk(copy)
    for (const [at, [key, value]] of directives) {
      const target = objects[at % objects.length]
      if (target) target[key] = value
    }
    return copy as object
  })

function pointersOf(value: unknown, at: string, out: string[], depth = 0): string[] {
  out.push(at)
  if (typeof value !== 'object' || value === null || depth > 8) return out
  for (const [key, member] of Object.entries(value))
    pointersOf(member, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, out, depth + 1)
  return out
}

const steps = (live: fc.Arbitrary<object>): fc.Arbitrary<unknown> =>
  live.chain((value) => {
    const known = pointersOf(value, '', [])
    const pointer = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...known) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...known), fc.oneof(strangeKey, fc.constantFrom('-', '0', '-1', '00', '1e0', '999')))
          .map(([at, key]) => `${at}/${key}`),
      },
      { weight: 1, arbitrary: strangeKey },
    )
    const op = fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'none', '')
    return fc.array(
      fc.oneof(
        { weight: 9, arbitrary: fc.record({ op, path: pointer, from: pointer, value: strangeValue }) },
        { weight: 1, arbitrary: strangeValue },
      ),
      { maxLength: 5 },
    )
  })

function check(type: PatchType, { kind, live, patch }: Given): void {
  const before = JSON.stringify(live)
  const object = attempt(() => decode(kind, applyPatch({ kind, type, patch, current: live })).object)
  assert.equal(JSON.stringify(live), before)
  if (!object) return
  checkStable(kind, object)
  const tracked = trackUpdate({ kind, old: live, next: object, manager: 'second', nowMs: nowMs + 1000 })
  checkStable(kind, decode(kind, tracked).object)
}

/** Once more changes nothing, not even who owns what. */
function checkApply({ kind, live, patch }: Given, force: boolean): void {
  if (!isObject(patch)) return
  const apply = (on: ApiObject | undefined, at: number) =>
    applyServerSide({ kind, live: on, applied: patch, manager: 'applier', force, nowMs: at })
  for (const start of [live, undefined]) {
    const once = attempt(() => decode(kind, apply(start, nowMs)).object)
    if (!once) continue
    checkStable(kind, once)
    const again = attempt(() => decode(kind, apply(deepFreeze(once), nowMs + 5000)).object)
    assert.ok(again, 'what was applied can be applied again')
    assert.equal(JSON.stringify(withOldTimes(again, once)), JSON.stringify(once))
  }
}

export const patches = async (): Promise<Area> =>
  area([
    {
      name: 'a JSON patch is refused, or makes an object',
      runs: 150,
      property: fc.property(
        ofKind((_, live) => steps(live)),
        (given) => check('json', given),
      ),
    },
    {
      name: 'a merge patch is refused, or makes an object',
      runs: 150,
      property: fc.property(
        ofKind((kind, live) => fc.oneof({ weight: 9, arbitrary: partly(kind, live) }, strangeValue)),
        (given) => check('merge', given),
      ),
    },
    {
      name: 'a strategic merge patch is refused, or makes an object',
      runs: 200,
      property: fc.property(
        ofKind((kind, live) => fc.oneof({ weight: 9, arbitrary: directed(partly(kind, live)) }, strangeValue)),
        (given) => check('strategic', given),
      ),
    },
    {
      name: 'an apply is refused, or makes an object and then nothing more',
      runs: 150,
      property: fc.property(
        ofKind((kind, live) =>
          fc.oneof(partly(kind, live), arbitraryObject(kind)).map((value) => withoutOwners(value)),
        ),
        fc.boolean(),
        checkApply,
      ),
    },
  ])

/** Nobody applies these. */
function withoutOwners(value: object): object {
  const { metadata, ...rest } = value as { metadata?: unknown }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return value
  const { managedFields: _, ...others } = metadata as { managedFields?: unknown }
  return { ...rest, metadata: others }
}
