// The policies that are in force, with their bindings, compiled. It follows the store, so that what has just been
// written counts for the next request; a policy is compiled when it first meets one, and again only after its spec
// has changed.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { Store, StoredObject } from '#store/store.ts'
import { follow } from '../../follow.ts'
import { objectOf } from '../../stored.ts'

/** A policy that is bound. */
export interface Hook<P, B, C> {
  readonly policy: P
  readonly bindings: readonly B[]
  readonly compiled: C
}

type Policy = ApiObject
type Binding = ApiObject & { readonly spec: { readonly policyName?: string | undefined } }

interface Kept<P, C> {
  readonly policy: P
  compiled: C | undefined
}

const nameOf = ({ key }: StoredObject): string => key.slice(key.lastIndexOf('/') + 1)

const inOrder = (a: ApiObject, b: ApiObject): number => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)

const sameSpec = ({ metadata: a }: Policy, { metadata: b }: Policy): boolean =>
  a.uid === b.uid && a.generation === b.generation

export class PolicyIndex<P extends Policy, B extends Binding, C> {
  readonly #compile: (policy: P) => C
  readonly #policies = new Map<string, Kept<P, C>>()
  readonly #bindings = new Map<string, B>()
  #hooks: readonly Hook<P, B, C>[] | undefined
  readonly #stops: readonly (() => void)[]

  constructor(store: Store, kinds: { readonly policy: AnyKind; readonly binding: AnyKind }, compile: (policy: P) => C) {
    this.#compile = compile
    this.#stops = [
      follow(store, kinds.policy.resource, {
        set: (stored) => this.#setPolicy(nameOf(stored), objectOf(stored) as P),
        remove: (stored) => {
          this.#policies.delete(nameOf(stored))
          this.#hooks = undefined
        },
      }),
      follow(store, kinds.binding.resource, {
        set: (stored) => {
          this.#bindings.set(nameOf(stored), objectOf(stored) as B)
          this.#hooks = undefined
        },
        remove: (stored) => {
          this.#bindings.delete(nameOf(stored))
          this.#hooks = undefined
        },
      }),
    ]
  }

  /** False costs nothing: a write needs to know no more. */
  get any(): boolean {
    return this.#bindings.size > 0 && this.hooks.length > 0
  }

  /** In the order of their names, as are the bindings of each. */
  get hooks(): readonly Hook<P, B, C>[] {
    this.#hooks ??= this.#bound()
    return this.#hooks
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }

  #setPolicy(name: string, policy: P): void {
    const before = this.#policies.get(name)
    // A status that is written is no reason to compile again.
    const compiled = before && sameSpec(before.policy, policy) ? before.compiled : undefined
    this.#policies.set(name, { policy, compiled })
    this.#hooks = undefined
  }

  #bound(): readonly Hook<P, B, C>[] {
    const bindings = Map.groupBy([...this.#bindings.values()].sort(inOrder), ({ spec }) => spec.policyName ?? '')
    const compile = this.#compile
    return [...this.#policies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, kept]) => {
        const bound = bindings.get(name)
        if (!bound) return []
        return {
          policy: kept.policy,
          bindings: bound,
          get compiled() {
            kept.compiled ??= compile(kept.policy)
            return kept.compiled
          },
        }
      })
  }
}
