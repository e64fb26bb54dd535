// A configuration that a policy applies to an object: merged along the lines of ownership, as server-side apply
// does, but owned by nobody. What is owned as a whole may not be in it, since what it leaves out there would vanish.

import { Constructed, misnamed, toJson } from '#api/cel/constructed.ts'
import { CelError, type Value } from '#api/cel/values.ts'
import type { AnyKind } from '#api/kind.ts'
import { isObject } from '#lib/json.ts'
import { type Owned, ownershipOf } from '../../ownership.ts'
import { listed } from '../../patch/apply.ts'
import { merge, problems } from '../../patch/owned-merge.ts'

/** Why a mutation cannot be: the failure policy says what follows. */
export class Unmutable extends Error {}

/** JSON, or why there is none. */
export function jsonOf(value: Value, doing: (why: string) => string): unknown {
  try {
    if (value instanceof Constructed) {
      const wrong = misnamed(value)
      if (wrong.length > 0) throw new Unmutable(`type mismatch: ${wrong.join('\n')}`)
    }
    return toJson(value)
  } catch (error) {
    if (error instanceof CelError) throw new Unmutable(doing(error.message))
    throw error
  }
}

/** `object` is not changed; what the configuration leaves alone is shared with it. */
export function applied(kind: AnyKind, object: object, configuration: Value): object {
  const fields = jsonOf(configuration, (why) => `invalid return type: ${why}`)
  if (!isObject(fields))
    throw new Unmutable('unsupported return type from ApplyConfiguration expression: not an Object')
  const wanted = { ...fields, apiVersion: kind.apiVersion, kind: kind.kind }
  const owned = ownershipOf(kind)
  const wrong = problems(owned, wanted)
  if (wrong.length > 0)
    throw new Unmutable(`error applying patch: failed to convert patch object to typed object: ${listed(wrong)}`)
  const whole = atomics(owned, wanted)
  if (whole.length > 0) {
    const what = `may not mutate atomic arrays, maps or structs: ${whole.join(', ')}`
    throw new Unmutable(`error applying patch: invalid ApplyConfiguration: ${what}`)
  }
  return merge(owned, object, wanted) as object
}

/** Paths of what is owned as a whole. */
export function atomics(owned: Owned, value: unknown, path = ''): readonly string[] {
  if (owned.shape === 'scalar') return []
  if (Array.isArray(value)) {
    if (owned.shape !== 'list') return owned.shape === 'unknown' && owned.atomic ? [path] : []
    const inside = value.flatMap((item, i) => atomics(owned.item, item, `${path}[${i}]`))
    return owned.atomic ? [path, ...inside] : inside
  }
  if (!isObject(value) || owned.shape === 'list') return []
  const inside = Object.keys(value).flatMap((name) => {
    const below =
      owned.shape === 'struct' ? owned.members.get(name)?.owned : owned.shape === 'map' ? owned.item : undefined
    return below ? atomics(below, value[name], `${path}.${name}`) : []
  })
  return owned.atomic ? [path, ...inside] : inside
}
