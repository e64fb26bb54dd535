// The kinds whose objects controllers have to look after as a whole: everything that can be listed, watched and
// deleted, once (an object with two faces counts by its stored one), now and as kinds come and go.

import type { AnyKind } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'

const isStored = (kind: AnyKind): boolean =>
  (kind.storedAs === undefined || kind.storedAs.kind.resource === kind.resource) &&
  ['list', 'watch', 'delete'].every((verb) => kind.verbs.includes(verb))

/** One version of each kind: they all show the same objects. That in which they are stored, if it is served: nobody has
 *  to convert them then. */
export function storedKinds({ all }: KindRegistry): readonly AnyKind[] {
  const found = new Map<string, AnyKind>()
  for (const kind of all) {
    const asStored = kind.storedAs?.kind.version === kind.version
    if (isStored(kind) && (asStored || !found.has(kind.resource))) found.set(kind.resource, kind)
  }
  return [...found.values()]
}

/** Kinds that other servers answer for, under this one's address. They may be out of reach. */
export interface KindsElsewhere {
  readonly kinds: KindRegistry
  /** `group/version` of those that nobody can say anything about now. */
  readonly unknown: () => readonly string[]
}

export interface Follower {
  readonly onKind: (kind: AnyKind) => void
  /** It is not served any more, or in another version now. The kind is the one that `onKind` was called with. */
  readonly onGone: (kind: AnyKind) => void
}

/** Calls back for each stored kind that is there, and as they come and go. Returns how to end that. */
export function followStoredKinds(kinds: KindRegistry, { onKind, onGone }: Follower): () => void {
  const known = new Map<string, AnyKind>()
  const look = () => {
    const now = new Map(storedKinds(kinds).map((kind) => [`${kind.resource}/${kind.version}`, kind]))
    for (const [name, kind] of known) {
      if (now.has(name)) continue
      known.delete(name)
      onGone(kind)
    }
    for (const [name, kind] of now) {
      if (known.has(name)) continue
      known.set(name, kind)
      onKind(kind)
    }
  }
  look()
  return kinds.subscribe(look)
}
