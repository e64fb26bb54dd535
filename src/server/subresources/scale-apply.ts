// Server-side apply of a Scale: the replicas have their owners in the object itself, under the object's own path for
// them. They are shown as owners of the Scale's one field, the Scale is applied, and who owns it then is written back.

import { Scale } from '#api/autoscaling/scale.ts'
import { decode } from '#api/decode.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { difference, type FieldSet, intersection, leaf } from '../field-set.ts'
import { changed, type Entry, entryId, storedEntries, withEntries } from '../managed-entries.ts'
import { compare } from '../owned-fields.ts'
import { ownershipOf } from '../ownership.ts'
import { applyServerSide } from '../patch/index.ts'
import { scaleOf } from './scale-of.ts'

export interface ScaleApply {
  readonly kind: AnyKind
  readonly current: ApiObject
  /** The parsed body. */
  readonly applied: object
  readonly manager: string
  readonly force: boolean
  readonly nowMs: number
}

const replicasOfScale: FieldSet = { 'f:spec': { 'f:replicas': leaf } }

/** The Scale as it is wanted, and the object with the replicas' new owners but not yet with the replicas. Throws as
 *  `applyServerSide` does. */
export function applyScale({ kind, current, applied, ...how }: ScaleApply): { scale: Scale; object: ApiObject } {
  const place = placeOfReplicas(kind, current)
  const before = storedEntries(current)
  const owners = before.filter((entry) => intersection(entry.set, place) !== undefined)
  const asScale = (entry: Entry): Entry => ({
    ...changed(entry, replicasOfScale),
    id: idIn(Scale, entry),
    apiVersion: Scale.apiVersion,
  })
  const live = withEntries(scaleOf(kind, current), owners.map(asScale), undefined)
  const next = applyServerSide({ kind: Scale, live, applied, subresource: 'scale', ...how })
  const after = storedEntries(next)
  const isOwner = new Set(after.map(({ id }) => id))
  const left = before.flatMap((entry) => {
    if (!owners.includes(entry) || isOwner.has(idIn(Scale, entry))) return [entry]
    const set = difference(entry.set, place)
    return set === undefined ? [] : [changed(entry, set)]
  })
  const wasOwner = new Set(owners.map((entry) => idIn(Scale, entry)))
  const come = after
    .filter(({ id, set }) => !wasOwner.has(id) && intersection(set, replicasOfScale) !== undefined)
    .map((entry) => ({ ...changed(entry, place), id: idIn(kind, entry), apiVersion: kind.apiVersion }))
  return { scale: decode<Scale>(Scale, next).object, object: withEntries(current, [...left, ...come], current) }
}

const idIn = ({ apiVersion }: AnyKind, { manager, operation, subresource }: Entry): string =>
  entryId(manager, operation, apiVersion, subresource)

/** Found by looking where a change of the replicas shows. */
function placeOfReplicas(kind: AnyKind, object: ApiObject): FieldSet {
  const other = structuredClone(object)
  kind.scale!.setSpecReplicas(other, kind.scale!.specReplicas(object) + 1)
  return compare(ownershipOf(kind), object, other)?.changed ?? replicasOfScale
}
