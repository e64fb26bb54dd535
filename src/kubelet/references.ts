// The ConfigMaps and Secrets that pods of this node refer to, and no others: one watch for each object that is
// referred to, shared by all pods that do, and ended when the last of them has gone. ClusterTrustBundles, which are
// chosen by what is in them, and the PodCertificateRequests of the node are watched together, as long as a pod needs
// them.

import { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import { PodCertificateRequest } from '#api/certificates/pod-certificate-request.ts'
import { ConfigMap } from '#api/core/config-map.ts'
import { Secret } from '#api/core/secret.ts'
import type { AnyKind, ObjectOf } from '#api/kind.ts'
import type { Informer, InformerHandler, Informers } from '#client/informer.ts'

export interface Reference<K extends AnyKind> {
  readonly current: ObjectOf<K> | undefined
  /** It is known whether the object is there. */
  readonly synced: Promise<void>
  readonly isSynced: boolean
  release(): void
}

export interface Collection<K extends AnyKind> {
  list(): readonly ObjectOf<K>[]
  get(namespace: string | undefined, name: string): ObjectOf<K> | undefined
  readonly synced: Promise<void>
  release(): void
}

interface Entry {
  readonly informers: Informers
  readonly informer: Informer<AnyKind>
  readonly users: Set<InformerHandler<ObjectOf<AnyKind>>>
}

interface Selection {
  readonly namespace?: string
  readonly fieldSelector?: string
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

  /** All of the cluster. */
  trustBundles(onChange: InformerHandler<ClusterTrustBundle>): Collection<typeof ClusterTrustBundle> {
    return this.#collect(ClusterTrustBundle, {}, onChange)
  }

  /** Those that this node has made. */
  certificateRequests(
    nodeName: string,
    onChange: InformerHandler<PodCertificateRequest>,
  ): Collection<typeof PodCertificateRequest> {
    return this.#collect(PodCertificateRequest, { fieldSelector: `spec.nodeName=${nodeName}` }, onChange)
  }

  async stop(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(entries.map(({ informers }) => informers.stop()))
  }

  #acquire<K extends AnyKind>(kind: K, namespace: string, name: string, onChange: () => void): Reference<K> {
    const selection = { namespace, fieldSelector: `metadata.name=${name}` }
    const { informer, release } = this.#enter(kind, `${kind.resource}/${namespace}/${name}`, selection, () =>
      onChange(),
    )
    return {
      get current() {
        return informer.get(namespace, name) as ObjectOf<K> | undefined
      },
      synced: informer.synced,
      get isSynced() {
        return informer.isSynced
      },
      release,
    }
  }

  #collect<K extends AnyKind>(kind: K, selection: Selection, onChange: InformerHandler<ObjectOf<K>>): Collection<K> {
    // A function of its own, so that one caller may ask twice.
    const user = (next: unknown, old: unknown) =>
      onChange(next as ObjectOf<K> | undefined, old as ObjectOf<K> | undefined)
    const { informer, release } = this.#enter(kind, kind.resource, selection, user)
    return {
      list: () => informer.list() as readonly ObjectOf<K>[],
      get: (namespace, name) => informer.get(namespace, name) as ObjectOf<K> | undefined,
      synced: informer.synced,
      release,
    }
  }

  #enter(kind: AnyKind, key: string, selection: Selection, user: InformerHandler<ObjectOf<AnyKind>>) {
    const entry = this.#entries.get(key) ?? this.#open(kind, selection)
    this.#entries.set(key, entry)
    entry.users.add(user)
    const release = () => {
      if (!entry.users.delete(user) || entry.users.size > 0) return
      this.#entries.delete(key)
      void entry.informers.stop()
    }
    return { informer: entry.informer, release }
  }

  #open(kind: AnyKind, selection: Selection): Entry {
    const informers = this.#make()
    const informer = informers.of(kind, selection)
    const users: Entry['users'] = new Set()
    const tell: InformerHandler<ObjectOf<AnyKind>> = (next, old) => {
      for (const user of [...users]) user(next, old)
    }
    informer.onChange(tell)
    void informer.synced.then(() => tell(undefined, undefined))
    return { informers, informer, users }
  }
}
