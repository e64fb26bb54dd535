// The registries of the kinds that are served.

import type { AnyKind } from '#api/kind.ts'
import type { Store } from '#store/store.ts'
import type { Convert } from './face.ts'
import { RecentObjects } from './recent-objects.ts'
import { Registry } from './registry.ts'

/** One Registry per kind, made when first asked for. */
export class Registries {
  readonly #store: Store
  readonly #convert: Convert | undefined
  readonly #recent = new RecentObjects()
  readonly #byResource = new Map<AnyKind, Registry>()

  constructor(store: Store, convert?: Convert) {
    this.#store = store
    this.#convert = convert
  }

  of(kind: AnyKind): Registry {
    let registry = this.#byResource.get(kind)
    if (!registry) {
      registry = new Registry(kind, this.#store, this.#convert, this.#recent)
      this.#byResource.set(kind, registry)
    }
    return registry
  }

  /** Of a kind that is no longer served: its watches end. */
  drop(kind: AnyKind): void {
    this.#byResource.get(kind)?.hub.stop()
    this.#byResource.delete(kind)
  }

  get all(): Iterable<Registry> {
    return this.#byResource.values()
  }
}
