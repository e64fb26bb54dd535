// The annotation in which client-side `kubectl apply` keeps what it applied last. Server-side apply honours it for
// the field manager "kubectl": fields that the annotation claims, unchanged since, are no conflict with kubectl.

import type { AnyKind } from '#api/kind.ts'
import { parseExact } from '#lib/exact-json.ts'
import { isObject, own } from '#lib/json.ts'
import { difference, type FieldSet } from '../field-set.ts'
import { compare, fieldsOf } from '../owned-fields.ts'
import type { Struct } from '../ownership.ts'
import { problems } from './owned-merge.ts'

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** All annotations of an object together may not be larger. */
const maxAnnotationsBytes = 256 * 1024

const annotationsOf = (object: object): Readonly<Record<string, string>> | undefined =>
  (object as { metadata?: { annotations?: Record<string, string> } }).metadata?.annotations

/** What client-side apply owns of the live object; undefined where it has left no word of it. */
export function ownedByLastApplied(owned: Struct, kind: AnyKind, live: object): FieldSet | undefined {
  const annotation = annotationsOf(live)?.[lastAppliedAnnotation]
  if (!annotation) return undefined
  let last: unknown
  try {
    last = parseExact(annotation)
  } catch {
    return undefined
  }
  if (!isObject(last) || own(last, 'apiVersion') !== kind.apiVersion || problems(owned, last).length > 0)
    return undefined
  const found = compare(owned, last, live)
  return difference(difference(fieldsOf(owned, last), found?.changed), found?.removed)
}

/** The object with the annotation renewed, if it has one. */
export function withLastApplied(object: object, applied: object): object {
  const annotations = annotationsOf(object)
  if (annotations?.[lastAppliedAnnotation] === undefined) return object
  const text = `${JSON.stringify(withoutAnnotation(applied))}\n`
  if (annotations[lastAppliedAnnotation] === text) return object
  const next: Record<string, string> = { ...annotations, [lastAppliedAnnotation]: text }
  if (sizeOf(next) > maxAnnotationsBytes) delete next[lastAppliedAnnotation]
  return { ...object, metadata: { ...(object as { metadata?: object }).metadata, annotations: next } }
}

function withoutAnnotation(applied: object): object {
  const annotations = annotationsOf(applied)
  if (annotations?.[lastAppliedAnnotation] === undefined) return applied
  const { [lastAppliedAnnotation]: _, ...rest } = annotations
  return { ...applied, metadata: { ...(applied as { metadata?: object }).metadata, annotations: rest } }
}

const sizeOf = (annotations: Readonly<Record<string, string>>): number =>
  Object.entries(annotations).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
