// Keeps an index inside the server in step with a part of the store: everything that is there first, then each
// change, in order. Where the store can no longer tell the changes, what is there is compared with what was.

import { Compacted, type Store, type StoredObject, type Watch } from '#store/store.ts'

export interface Follower {
  /** It is there, for the first time or changed. */
  readonly set: (stored: StoredObject) => void
  readonly remove: (previous: StoredObject) => void
}

/** Follows the objects of one resource, as `pods`; returns what ends it. */
export function follow(store: Store, resource: string, { set, remove }: Follower): () => void {
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
