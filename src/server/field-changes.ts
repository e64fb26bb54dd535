// What a write has changed, as each owner of fields sees it: an owner's fields are named as the version of the kind
// names them in which it wrote, which need not be the version of this write. So the object is compared in every
// version that an owner uses, and in the others only then.

import type { AnyKind } from '#api/kind.ts'
import type { FieldSet } from './field-set.ts'
import type { Entry } from './managed-entries.ts'
import { ownable } from './ownable.ts'
import { compare } from './owned-fields.ts'
import { ownershipOf } from './ownership.ts'

export interface Change {
  /** Fields that hold something else than before. */
  readonly won: FieldSet | undefined
  /** Fields that are no more. */
  readonly gone: FieldSet | undefined
}

/** A kind in its other versions. */
export interface Versions {
  /** By its apiVersion; undefined where that is not served. */
  readonly kindOf: (apiVersion: string) => AnyKind | undefined
  /** Objects of one version as another shows them, in the same order. */
  readonly convert: (objects: readonly object[], from: AnyKind, to: AnyKind) => readonly object[]
}

export interface Written {
  readonly kind: AnyKind
  readonly subresource: string
  readonly old: object
  readonly next: object
  /** Without it every owner is taken to write in this version. */
  readonly versions?: Versions | undefined
}

/** Undefined: the owner's version is served no more, and what it owned is nobody's, as upstream decides. */
export type ChangeFor = (entry: Entry) => Change | undefined

const changeIn = (kind: AnyKind, subresource: string, old: object, next: object): Change => {
  const found = compare(ownershipOf(kind), old, next)
  return { won: ownable(kind, subresource, found?.changed), gone: ownable(kind, subresource, found?.removed) }
}

/** `own`: the change in the version of the write itself. */
export function changesFor({ kind, subresource, old, next, versions }: Written, own: Change): ChangeFor {
  if (versions === undefined) return () => own
  const known = new Map<string, Change | undefined>([[kind.apiVersion, own]])
  return ({ apiVersion }) => {
    if (known.has(apiVersion)) return known.get(apiVersion)
    const other = versions.kindOf(apiVersion)
    let change: Change | undefined
    if (other) {
      const [before, after] = versions.convert([old, next], kind, other)
      change = changeIn(other, subresource, before!, after!)
    }
    known.set(apiVersion, change)
    return change
  }
}
