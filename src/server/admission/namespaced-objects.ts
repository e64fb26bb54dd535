// The few objects of a kind that say something about their namespaces, as quotas do, by namespace: read from the store
// when first asked for, and followed from then on. A namespace without any costs one look into a map.

import type { ApiObject } from '#api/kind.ts'
import type { Store, StoredObject } from '#store/store.ts'
import { objectOf } from '../stored.ts'

export class NamespacedObjects<T extends ApiObject> {
  readonly #store: Store
  readonly #prefix: string
  readonly #onChange: (namespace: string) => void
  readonly #byNamespace = new Map<string, Map<string, T>>()
  #following = false

  constructor(store: Store, resource: string, onChange: (namespace: string) => void = () => {}) {
    this.#store = store
    this.#prefix = `${resource}/`
    this.#onChange = onChange
  }

  /** By name, in order of name; undefined where there are none. */
  of(namespace: string): ReadonlyMap<string, T> | undefined {
    if (!this.#following) this.#follow()
    return this.#byNamespace.get(namespace)
  }

  #follow(): void {
    this.#following = true
    this.#byNamespace.clear()
    const { items, revision } = this.#store.list({ prefix: this.#prefix })
    for (const stored of items) this.#set(stored.key, stored)
    this.#store.watch({
      prefix: this.#prefix,
      after: revision,
      onEvents: (events) => {
        for (const { key, object } of events) this.#onChange(this.#set(key, object))
      },
      onEnd: () => {
        this.#following = false
      },
    })
  }

  #set(key: string, stored: StoredObject | undefined): string {
    const [, namespace = '', name = ''] = key.split('/')
    const objects = this.#byNamespace.get(namespace) ?? new Map<string, T>()
    const isNew = !objects.has(name)
    if (stored) objects.set(name, objectOf(stored) as T)
    else objects.delete(name)
    if (objects.size === 0) this.#byNamespace.delete(namespace)
    else this.#byNamespace.set(namespace, stored && isNew ? sorted(objects) : objects)
    return namespace
  }
}

const sorted = <T>(objects: ReadonlyMap<string, T>): Map<string, T> =>
  new Map([...objects].sort(([a], [b]) => (a < b ? -1 : 1)))
