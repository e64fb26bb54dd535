// A copy of all objects of a kind (or of a selection), kept up to date by list and watch through every break of
// the watch. This file holds the seam; components read from it and are woken by it.

import type { AnyKind, ObjectOf } from '#api/kind.ts'

/** `next` undefined: deleted; `old` undefined: new. Objects are frozen. */
export type InformerHandler<T> = (next: T | undefined, old: T | undefined) => void

export interface Informer<K extends AnyKind> {
  readonly kind: K
  get(namespace: string | undefined, name: string): ObjectOf<K> | undefined
  /** In no particular order; of one namespace when given. */
  list(namespace?: string): readonly ObjectOf<K>[]
  /** Objects for which the index function gave this value. */
  byIndex(index: string, value: string): readonly ObjectOf<K>[]
  /** Adds an index; before the informer has started or after, either works. */
  addIndex(name: string, valuesOf: (object: ObjectOf<K>) => readonly string[]): void
  /** The handler is first called for everything already there. Returns how to take it away again. */
  onChange(handler: InformerHandler<ObjectOf<K>>): () => void
  /** Resolves once the first list has been taken in. */
  readonly synced: Promise<void>
  readonly isSynced: boolean
  /** Resolves when everything up to this resourceVersion of this kind has been seen. */
  seen(resourceVersion: string): Promise<void>
}

/** One informer per kind and selection, shared by all who ask; started on first use, stopped together. */
export interface Informers {
  of<K extends AnyKind>(
    kind: K,
    selection?: { readonly namespace?: string; readonly fieldSelector?: string; readonly labelSelector?: string },
  ): Informer<K>
  /** Ends those of a kind that is not served any more, for all who share them. */
  drop(kind: AnyKind): void
  stop(): Promise<void>
}
