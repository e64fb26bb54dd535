// A kind that is another face of a stored one, as events.k8s.io's Event is of the core's: what is read of the
// stored kind is shown as the face, object by object, and each is converted once.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { Store, StoredObject } from '#store/store.ts'

/** What a registry reads with. */
export type Reads = Pick<Store, 'get' | 'list' | 'watch' | 'count' | 'revision'>

export type View = (stored: StoredObject) => StoredObject

/** `encode` makes bytes and index of an object of the face. */
export function viewOf(
  kind: AnyKind,
  objectOf: (stored: StoredObject) => ApiObject,
  encode: (object: ApiObject) => Pick<StoredObject, 'bytes' | 'index' | 'value'>,
): View {
  const views = new WeakMap<StoredObject, StoredObject>()
  const fromStored = kind.storedAs!.fromStored
  const selects = Object.keys(kind.selectableFields).length > 0
  return (stored) => {
    const known = views.get(stored)
    if (known) return known
    const { key, revision, createdRevision } = stored
    const object = objectOf(stored)
    const shown = fromStored(object)
    // What the face shows as it is stored needs no second copy, unless its fields can be selected by.
    const same = shown === object && !selects
    const view: StoredObject = same
      ? stored
      : { ...encode(shown === object ? { ...object } : shown), key, revision, createdRevision }
    views.set(stored, view)
    return view
  }
}

export function viewedReads(store: Reads, view: View): Reads {
  const maybe = (stored: StoredObject | undefined) => stored && view(stored)
  return {
    get revision() {
      return store.revision
    },
    count: (prefix) => store.count(prefix),
    get: (key) => maybe(store.get(key)),
    list: (options) => {
      const { filter } = options
      const result = store.list(filter ? { ...options, filter: (stored) => filter(view(stored)) } : options)
      return { ...result, items: result.items.map(view) }
    },
    watch: (options) =>
      store.watch({
        ...options,
        onEvents: (events) =>
          options.onEvents(
            events.map((event) => ({ ...event, object: maybe(event.object), previous: maybe(event.previous) })),
          ),
      }),
  }
}
