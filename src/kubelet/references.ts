// The ConfigMaps and Secrets that pods of this node refer to, and no others: one watch for each object that is
// referred to, shared by all pods that do, and ended when the last of them has gone.

import { ConfigMap } from '#api/core/config-map.ts'
import { Secret } from '#api/core/secret.ts'
import type { AnyKind, ObjectOf } from '#api/kind.ts'
import type { Informer, Informers } from '#client/informer.ts'

export interface Reference<K extends AnyKind> {
  readonly current: ObjectOf<K> | undefined
  /** It is known whether the object is there. */
  readonly synced: Promise<void>
  readonly isSynced: boolean
  release(): void
}

interface Entry {
  readonly informers: Informers
  readonly informer: Informer<AnyKind>
  readonly users: Set<() => void>
}

export class ReferenceWatches {
  readonly #make: () => Informers
  readonly #entries = new Map<string, Entry>()

  /** `make` gives informers of their own to each object, so that they can be stopped one by one. */
  constructor(make: () => Informers) {
    this.#make = make
  }

  get size(): number {
    return this.#entries.size
  }

  configMap(namespace: string, name: string, onChange: () => void): Reference<typeof ConfigMap> {
    return this.#acquire(ConfigMap, namespace, name, onChange)
  }

  secret(namespace: string, name: string, onChange: () => void): Reference<typeof Secret> {
    return this.#acquire(Secret, namespace, name, onChange)
  }

  async stop(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.map(({ informers }) => informers.stop()))
  }

  #acquire<K extends AnyKind>(kind: K, namespace: string, name: string, onChange: () => void): Reference<K> {
    const key = `${kind.resource}/${namespace}/${name}`
    const entry = this.#entries.get(key) ?? this.#open(kind, namespace, name)
    this.#entries.set(key, entry)
    // A function of its own, so that one caller may ask twice.
    const user = () => onChange()
    entry.users.add(user)
    const { informer } = entry
    return {
      get current() {
        return informer.get(namespace, name) as ObjectOf<K> | undefined
      },
      synced: informer.synced,
      get isSynced() {
        return informer.isSynced
      },
      release: () => {
        if (!entry.users.delete(user) || entry.users.size > 0) return
        this.#entries.delete(key)
        void entry.informers.stop()
      },
    }
  }

  #open(kind: AnyKind, namespace: string, name: string): Entry {
    const informers = this.#make()
    const informer = informers.of(kind, { namespace, fieldSelector: `metadata.name=${name}` })
    const users = new Set<() => void>()
    const tell = () => {
      for (const user of [...users]) user()
    }
    informer.onChange(tell)
    void informer.synced.then(tell)
    return { informers, informer, users }
  }
}
