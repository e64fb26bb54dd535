// Refuses what a namespace's quotas have no room for. All that is written in a namespace with quotas is charged before
// it is stored, in memory and without giving way, so that no two writes can take the same room; a write that fails
// gives it back. What is used is counted from the store itself, the same way as the controller counts it that shows it
// in the quota's status, and is true at once: a new quota holds for the next write, and what is deleted is free again.
//
// Has to be asked last: whatever is refused after it would have been charged for nothing.

import type { Usage, UsageContext } from '#api/core/quota-scope.ts'
import { QuotaTally } from '#api/core/quota-tally.ts'
import { countingProblem, mayChangeUsage } from '#api/core/quota-usage.ts'
import { ResourceQuota } from '#api/core/resource-quota.ts'
import type { ApiObject } from '#api/kind.ts'
import type { Quantity } from '#api/quantity.ts'
import { DeviceClass } from '#api/resource/device-class.ts'
import { forbidden } from '#api/status-error.ts'
import type { Clock } from '#lib/clock.ts'
import { keyOf, type Store, type StoreEvent, type Watch } from '#store/store.ts'
import { objectOf } from '../stored.ts'
import type { AdmissionContext, AdmissionPlugin } from './admission.ts'
import { NamespacedObjects } from './namespaced-objects.ts'

export function resourceQuota(store: Store): AdmissionPlugin {
  const ledgers = new Map<string, Ledger>()
  const quotas = new NamespacedObjects<ResourceQuota>(store, ResourceQuota.resource, (namespace) => {
    ledgers.get(namespace)?.look()
  })
  const ledgerOf = (namespace: string, clock: Clock): Ledger => {
    let ledger = ledgers.get(namespace)
    if (!ledger) {
      ledger = new Ledger({
        store,
        clock,
        namespace,
        quotas: () => quotas.of(namespace) ?? new Map(),
        onEnd: () => ledgers.delete(namespace),
      })
      ledgers.set(namespace, ledger)
      ledger.look()
    }
    return ledger
  }
  return {
    name: 'ResourceQuota',
    handles: ({ operation, kind, namespace, subresource, object, old }) =>
      quotas.of(namespace) !== undefined &&
      kind.namespaced &&
      kind.verbs.includes('list') &&
      ((operation === 'CREATE' && subresource === '') ||
        (operation === 'UPDATE' && mayChangeUsage(kind.resource, object!, old!, subresource))),
    validate: (context) => ledgerOf(context.namespace, context.call.core.clock).charge(context),
  }
}

interface LedgerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly namespace: string
  readonly quotas: () => ReadonlyMap<string, ResourceQuota>
  /** There is nothing to be kept any more. */
  readonly onEnd: () => void
}

/** What is being written. */
interface Held {
  readonly resource: string
  readonly key: string
  readonly object: ApiObject
}

/** What is used of the quotas of one namespace. */
class Ledger {
  readonly #options: LedgerOptions
  readonly #tallies = new Map<string, QuotaTally>()
  readonly #watches = new Map<string, Watch>()
  readonly #held = new Map<Held, (() => void)[]>()

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Takes up quotas that have come or changed, and drops those that have gone. */
  look(): void {
    const quotas = this.#options.quotas()
    for (const name of this.#tallies.keys()) if (!quotas.has(name)) this.#tallies.delete(name)
    for (const [name, { spec }] of quotas) {
      const tally = this.#tallies.get(name)
      const kept = tally?.takesUp(spec) ? tally : this.#counted(spec)
      // Put in anew, so that they stay in order of name.
      this.#tallies.delete(name)
      this.#tallies.set(name, kept)
    }
    const followed = new Set([...this.#tallies.values()].flatMap(({ resources }) => [...resources]))
    for (const [resource, watch] of this.#watches) {
      if (followed.has(resource)) continue
      watch.stop()
      this.#watches.delete(resource)
    }
    this.#endIfIdle()
  }

  #endIfIdle(): void {
    if (this.#tallies.size === 0 && this.#held.size === 0) this.#options.onEnd()
  }

  /** Refuses, or charges for the write until it is stored or has failed. */
  charge(context: AdmissionContext): void {
    const { call, kind, namespace, name, object, old, dryRun, undo, done } = context
    const { resource } = kind
    const held: Held = { resource, key: call.core.registries.of(kind).key(namespace, name), object: object! }
    for (const [quota, tally] of this.#tallies) {
      const problem = this.#problem(tally, held)
      if (problem !== undefined) throw forbidden(kind, name, `failed quota: ${quota}: ${problem}`)
    }
    const releases: (() => void)[] = []
    const release = () => {
      this.#held.delete(held)
      for (const letGo of releases) letGo()
      this.#endIfIdle()
    }
    for (const [quota, tally] of this.#tallies) {
      const exceeded = this.#hold(tally, held, old, releases)
      if (exceeded === undefined) continue
      release()
      throw forbidden(kind, name, `exceeded quota: ${quota}, ${exceeded}`)
    }
    if (releases.length === 0) return
    if (dryRun) {
      release()
      return
    }
    this.#held.set(held, releases)
    undo.push(release)
    done.push(release)
  }

  #problem(tally: QuotaTally, { resource, object }: Held): string | undefined {
    if (!tally.usageOf(resource, object, this.#context)) return undefined
    return countingProblem(resource, object, tally.namesFor(resource))
  }

  /** Holds room for the object; tells what there is not enough of. */
  #hold(
    tally: QuotaTally,
    { resource, key, object }: Held,
    old: ApiObject | undefined,
    releases: (() => void)[],
  ): string | undefined {
    const context = this.#context
    const usage = tally.usageOf(resource, object, context)
    if (!usage) return undefined
    const requested = grown(usage, old && tally.usageOf(resource, old, context))
    if (requested.size === 0) return undefined
    tally.expire(context)
    const used = new Map([...requested.keys()].map((name) => [name, tally.used(name)]))
    releases.push(tally.hold(key, usage))
    const exceeded = [...requested.keys()].filter((name) => tally.used(name).compare(tally.hard.get(name)!) > 0).sort()
    if (exceeded.length === 0) return undefined
    const tell = (amounts: ReadonlyMap<string, Quantity>) => exceeded.map((name) => `${name}=${amounts.get(name)}`)
    return `requested: ${tell(requested)}, used: ${tell(used)}, limited: ${tell(tally.hard)}`
  }

  #counted(spec: ResourceQuota['spec']): QuotaTally {
    const { store, namespace } = this.#options
    const tally = new QuotaTally(spec)
    for (const resource of tally.resources) {
      const { items, revision } = store.list({ prefix: `${resource}/${namespace}/` })
      for (const stored of items) tally.put(resource, stored.key, objectOf(stored), this.#context)
      this.#follow(resource, revision)
    }
    // What was let in before this quota was there is written all the same, and counts.
    for (const [{ resource, key, object }, releases] of this.#held) {
      const usage = tally.usageOf(resource, object, this.#context)
      if (usage) releases.push(tally.hold(key, usage))
    }
    return tally
  }

  #follow(resource: string, after: number): void {
    if (this.#watches.has(resource)) return
    const { store, namespace, onEnd } = this.#options
    // Without one of its watches it knows nothing: the next write begins anew.
    const end = () => {
      for (const each of this.#watches.values()) each.stop()
      onEnd()
    }
    const watch = store.watch({
      prefix: `${resource}/${namespace}/`,
      after,
      onEvents: (events) => this.#hear(resource, events),
      onEnd: end,
    })
    this.#watches.set(resource, watch)
  }

  #hear(resource: string, events: readonly StoreEvent[]): void {
    const context = this.#context
    for (const { key, object } of events)
      for (const tally of this.#tallies.values())
        if (tally.resources.has(resource)) tally.put(resource, key, object && objectOf(object), context)
  }

  get #context(): UsageContext {
    const { store, clock } = this.#options
    return {
      nowMs: clock.now(),
      extendedResourceOf: (deviceClass) => {
        const stored = store.get(keyOf(DeviceClass.resource, '', deviceClass))
        return stored && (objectOf(stored) as DeviceClass).spec.extendedResourceName
      },
    }
  }
}

/** What is used beyond what was used before. */
function grown(usage: Usage, before: Usage | undefined): Usage {
  const more = new Map<string, Quantity>()
  for (const [name, amount] of usage) {
    const was = before?.get(name)
    const difference = was ? amount.subtract(was) : amount
    if (difference.sign > 0) more.set(name, difference)
  }
  return more
}
