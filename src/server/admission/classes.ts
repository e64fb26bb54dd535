// What plugins ask of kinds that say how things are done, as classes of storage or of priority: all of them, and which
// one is the default. There are few of them and many who ask, so that what follows from one is worked out once, for as
// long as the store holds it.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import type { StoredObject } from '#store/store.ts'
import type { Core } from '../call.ts'
import { objectOf } from '../stored.ts'

/** The objects of the kind for which there is something to say. */
export function derived<K extends AnyKind, T extends object>(
  kind: K,
  valueOf: (object: ObjectOf<K>) => T | undefined,
): (core: Core) => readonly T[] {
  const known = new WeakMap<StoredObject, { readonly value: T | undefined }>()
  const of = (stored: StoredObject): T | undefined => {
    let found = known.get(stored)
    if (!found) {
      found = { value: valueOf(objectOf(stored) as ObjectOf<K>) }
      known.set(stored, found)
    }
    return found.value
  }
  return ({ registries }) => {
    const { reads, prefix } = registries.of(kind)
    return reads.list({ prefix }).items.flatMap((stored) => of(stored) ?? [])
  }
}

interface Marked {
  readonly name: string
  readonly created: string
}

/** The name of the class that an annotation makes the default; of several the newest, as upstream has it. */
export function defaultClass(kind: AnyKind, annotations: readonly string[]): (core: Core) => string | undefined {
  const marked = derived(kind, ({ metadata }: ApiObject): Marked | undefined =>
    annotations.some((annotation) => metadata.annotations?.[annotation] === 'true')
      ? { name: metadata.name ?? '', created: metadata.creationTimestamp ?? '' }
      : undefined,
  )
  return (core) => newest(marked(core))?.name
}

/** Of equally new ones the first by name, in whose order they come. */
export const newest = (all: readonly Marked[]): Marked | undefined =>
  all.reduce<Marked | undefined>((best, one) => (best && best.created >= one.created ? best : one), undefined)

export function find<K extends AnyKind>({ registries }: Core, kind: K, name: string): ObjectOf<K> | undefined {
  const stored = registries.of(kind).find('', name)
  return stored && (objectOf(stored) as ObjectOf<K>)
}
