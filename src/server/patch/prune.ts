// What an apply takes away: fields that its manager had applied before, does not want now, and nobody else owns. Owners
// may have written in other versions of the kind, where fields have other names: each one's are looked for in its own.

import type { AnyKind } from '#api/kind.ts'
import type { Versions } from '../field-changes.ts'
import { difference, type FieldSet, intersection, isSubset, union } from '../field-set.ts'
import type { Entry } from '../managed-entries.ts'
import { fieldsOf } from '../owned-fields.ts'
import { ownershipOf, type Struct } from '../ownership.ts'
import { remove, withDeclared } from './owned-merge.ts'

export interface Prune {
  readonly kind: AnyKind
  /** Without it every owner is taken to write in this version. */
  readonly versions?: Versions | undefined
  /** The live object with what is applied in it. */
  readonly merged: object
  /** What the manager had applied. */
  readonly last: Entry | undefined
  /** What it applies now. */
  readonly wanted: FieldSet | undefined
  readonly others: readonly Entry[]
}

/** `merged` itself where nothing goes. */
export function pruned({ kind, versions, merged, last, wanted, others }: Prune): object {
  if (last === undefined || (last.apiVersion === kind.apiVersion && isSubset(last.set, wanted))) return merged
  const known = versions ? new Known(kind, versions) : new Known(kind, oneVersion(kind))
  const before = known.kindOf(last.apiVersion)
  if (before === undefined) return merged
  const whole = known.convert(merged, kind, before)
  const owned = ownershipOf(before)
  const applied = withDeclared(owned, last.set)
  const managed = new Map<AnyKind, FieldSet | undefined>()
  const manage = (apiVersion: string, set: FieldSet | undefined) => {
    const at = known.kindOf(apiVersion)
    if (at) managed.set(at, union(managed.get(at), set))
  }
  // First what is owned in that version: others may not be able to do without it.
  managed.set(before, undefined)
  manage(kind.apiVersion, wanted)
  for (const { apiVersion, set } of others) manage(apiVersion, set)
  let stand: Stand = { whole, left: removed(owned, whole, applied), kind: before }
  for (const [at, set] of managed) stand = known.givenBack(stand, at, set)
  // Taking away an item takes away what others own in it, so what is left is looked at before and after.
  const left = withDeclared(owned, fieldsOf(owned, known.convert(stand.left, stand.kind, before)))
  const gone = intersection(difference(withDeclared(owned, fieldsOf(owned, whole)), left), applied)
  return known.convert(removed(owned, whole, gone), before, kind)
}

/** An object as it is and as it would be, in a version. */
interface Stand {
  readonly whole: object
  readonly left: object
  readonly kind: AnyKind
}

const oneVersion = (kind: AnyKind): Versions => ({ kindOf: () => kind, convert: (objects) => objects })

class Known {
  readonly #kind: AnyKind
  readonly #versions: Versions

  constructor(kind: AnyKind, versions: Versions) {
    this.#kind = kind
    this.#versions = versions
  }

  /** Undefined where it is served no more. */
  kindOf(apiVersion: string): AnyKind | undefined {
    return apiVersion === this.#kind.apiVersion ? this.#kind : this.#versions.kindOf(apiVersion)
  }

  convert(object: object, from: AnyKind, to: AnyKind): object {
    return from === to ? object : this.#versions.convert([object], from, to)[0]!
  }

  /** With the fields back that are owned in a version. */
  givenBack(stand: Stand, kind: AnyKind, set: FieldSet | undefined): Stand {
    if (set === undefined) return stand
    const whole = this.convert(stand.whole, stand.kind, kind)
    const left = this.convert(stand.left, stand.kind, kind)
    const owned = ownershipOf(kind)
    const kept = union(withDeclared(owned, fieldsOf(owned, left)), withDeclared(owned, set))
    const gone = difference(withDeclared(owned, fieldsOf(owned, whole)), kept)
    return { whole, left: removed(owned, whole, gone), kind }
  }
}

const removed = (owned: Struct, object: object, gone: FieldSet | undefined): object =>
  gone === undefined ? object : (remove(owned, object, gone) as object)
