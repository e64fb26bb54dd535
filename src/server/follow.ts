// Keeps an index inside the server in step with a part of the store: everything that is there first, then each
// change, in order. Where the store can no longer tell the changes, what is there is compared with what was. An object
// that the index cannot take is told of and left out: it must not keep the index from learning of the others.

import { Compacted, type Store, type StoredObject, type Watch } from '#store/store.ts'

export interface Follower {
  /** It is there, for the first time or changed. */
  readonly set: (stored: StoredObject) => void
  readonly remove: (previous: StoredObject) => void
}

function guarded(take: (stored: StoredObject) => void): (stored: StoredObject) => void {
  return (stored) => {
    try {
      take(stored)
    } catch (error) {
      process.emitWarning(`${stored.key} cannot be taken into account: ${error instanceof Error ? error.stack : error}`)
    }
  }
}

/** Follows the objects of one resource, as `pods`; returns what ends it. */
export function follow(store: Store, resource: string, follower: Follower): () => void {
  const [set, remove] = [guarded(follower.set), guarded(follower.remove)]
  const prefix = `${resource}/`
  let watch: Watch | undefined
  let known = new Map<string, StoredObject>()
  const start = (): void => {
    const { items, revision } = store.list({ prefix })
    const now = new Map(items.map((stored) => [stored.key, stored]))
    for (const [key, stored] of known) if (!now.has(key)) remove(stored)
    for (const stored of items) if (known.get(stored.key) !== stored) set(stored)
    known = now
    watch = store.watch({
      prefix,
      after: revision,
      onEvents: (events) => {
        for (const { key, object, previous } of events) {
          if (object) {
            known.set(key, object)
            set(object)
          } else if (previous) {
            known.delete(key)
            remove(previous)
          }
        }
      },
      onEnd: (reason) => {
        if (reason instanceof Compacted) start()
      },
    })
  }
  start()
  return () => watch?.stop()
}
