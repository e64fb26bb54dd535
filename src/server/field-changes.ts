// What a write has changed, as each owner of fields sees it: an owner's fields are named as the version of the kind
// names them in which it wrote, which need not be the version of this write. So the object is compared in every
// version that an owner uses, and in the others only then.

import type { AnyKind, ApiObject } from '#api/kind.ts'
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

/** The kind as it is in another version, by its apiVersion; undefined where that is not served. */
export type Versions = (apiVersion: string) => AnyKind | undefined

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
    const other = versions(apiVersion)
    const change = other && changeIn(other, subresource, inVersion(other, kind, old), inVersion(other, kind, next))
    known.set(apiVersion, change)
    return change
  }
}

/** Where a webhook converts, fields keep their names: asking it for every write would cost more than it tells. */
function inVersion(to: AnyKind, from: AnyKind, object: object): object {
  if (to.storedAs?.webhook) return object
  const stored = from.storedAs ? from.storedAs.toStored(object as ApiObject) : (object as ApiObject)
  return to.storedAs ? to.storedAs.fromStored(stored) : stored
}
