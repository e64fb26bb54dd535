// The kinds whose objects controllers have to look after as a whole: everything that can be listed, watched and
// deleted, once (an object with two faces counts by its stored one), now and as kinds come and go.

import type { AnyKind } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'

const isStored = (kind: AnyKind): boolean =>
  (kind.storedAs === undefined || kind.storedAs.kind.resource === kind.resource) &&
  ['list', 'watch', 'delete'].every((verb) => kind.verbs.includes(verb))

/** One version of each kind: they all show the same objects. */
export function storedKinds({ all }: KindRegistry): readonly AnyKind[] {
  const found = new Map<string, AnyKind>()
  for (const kind of all) if (isStored(kind) && !found.has(kind.resource)) found.set(kind.resource, kind)
  return [...found.values()]
}

/** Calls back for each stored kind that is there, and each that comes later. Returns how to end that. */
export function followStoredKinds(kinds: KindRegistry, onKind: (kind: AnyKind) => void): () => void {
  const known = new Set<string>()
  const look = () => {
    const now = storedKinds(kinds)
    for (const kind of now) {
      const name = `${kind.resource}/${kind.version}`
      if (!known.has(name)) onKind(kind)
      known.add(name)
    }
  }
  look()
  return kinds.subscribe(look)
}
