// What is used of one quota, kept up to date object by object: adding or taking away one costs the same however many
// there are. An object that is about to be written can be held a place; as long as it is held, the object is charged
// for the most of what it uses and what it will, so that it makes no difference whether its writing is heard of before
// or after it is let go of.

import { sameValue } from '../equal.ts'
import type { ApiObject } from '../kind.ts'
import { Quantity } from '../quantity.ts'
import { type Amounts, parseAmounts, raiseAmounts } from './pod-resources.ts'
import type { Usage, UsageContext } from './quota-scope.ts'
import { inScopes, namesCounting, releasedAt, resourcesCounted, usageOf } from './quota-usage.ts'
import type { ResourceQuotaSpec } from './resource-quota-types.ts'

interface Entry {
  current: Usage
  held: readonly Usage[]
}

const nothing: Usage = new Map()
const none: readonly Usage[] = []
/** So many different usages are kept only once each, however many objects there are of them. */
const maxShared = 1024

function chargeOf({ current, held }: Entry): Usage {
  if (held.length === 0) return current
  const most: Amounts = new Map(current)
  for (const usage of held) raiseAmounts(most, usage)
  return most
}

interface Leaving {
  readonly atMs: number
  readonly resource: string
  readonly object: ApiObject
}

export class QuotaTally {
  #spec: ResourceQuotaSpec
  #hard: ReadonlyMap<string, Quantity>
  /** What has to be put in, as `pods` or `deployments.apps`. */
  readonly resources: ReadonlySet<string>
  readonly #names = new Map<string, readonly string[]>()
  readonly #entries = new Map<string, Entry>()
  readonly #totals = new Map<string, Quantity>()
  readonly #shared = new Map<string, Usage>()
  /** Charged only until then. */
  readonly #leaving = new Map<string, Leaving>()

  constructor(spec: ResourceQuotaSpec) {
    this.#spec = spec
    this.#hard = parseAmounts(spec.hard)
    const names = [...this.#hard.keys()]
    this.resources = resourcesCounted(names)
    for (const resource of this.resources) this.#names.set(resource, namesCounting(resource, names))
  }

  get hard(): ReadonlyMap<string, Quantity> {
    return this.#hard
  }

  /** Takes up other limits for what is counted already. False: something else is to be counted. */
  takesUp(spec: ResourceQuotaSpec): boolean {
    const { scopes, scopeSelector } = this.#spec
    if (!sameValue(scopes, spec.scopes) || !sameValue(scopeSelector, spec.scopeSelector)) return false
    const hard = parseAmounts(spec.hard)
    if (hard.size !== this.#hard.size || [...hard.keys()].some((name) => !this.#hard.has(name))) return false
    this.#spec = spec
    this.#hard = hard
    return true
  }

  /** The names by which objects of this resource are counted. */
  namesFor(resource: string): readonly string[] {
    return this.#names.get(resource) ?? []
  }

  /** What the object uses of this quota; undefined where the quota is not about it. */
  usageOf(resource: string, object: ApiObject, context: UsageContext): Usage | undefined {
    const names = this.namesFor(resource)
    if (names.length === 0 || !inScopes(resource, object, this.#spec)) return undefined
    const all = usageOf(resource, object, context)
    const own: Amounts = new Map()
    let text = ''
    for (const name of names) {
      const amount = all.get(name)
      if (!amount) continue
      own.set(name, amount)
      text += `${name}=${amount},`
    }
    const shared = this.#shared.get(text)
    if (shared) return shared
    if (this.#shared.size < maxShared) this.#shared.set(text, own)
    return own
  }

  used(name: string): Quantity {
    return this.#totals.get(name) ?? Quantity.zero
  }

  /** What stands there now; undefined: nothing any more. Says whether that makes a difference. */
  put(resource: string, key: string, object: ApiObject | undefined, context: UsageContext): boolean {
    const current = (object && this.usageOf(resource, object, context)) ?? nothing
    const atMs = object && current.size > 0 ? releasedAt(resource, object) : undefined
    if (object && atMs !== undefined && atMs >= context.nowMs) this.#leaving.set(key, { atMs, resource, object })
    else this.#leaving.delete(key)
    return this.#change(key, (entry) => {
      entry.current = current
    })
  }

  /** Charges for what is about to be written. Returns how to let go of it, whether it has been written or not. */
  hold(key: string, usage: Usage): () => void {
    this.#change(key, (entry) => {
      entry.held = [...entry.held, usage]
    })
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#change(key, (entry) => {
        const at = entry.held.indexOf(usage)
        entry.held = entry.held.length === 1 ? none : entry.held.toSpliced(at, 1)
      })
    }
  }

  /** Lets go of what is no longer charged by now. Says whether that makes a difference. */
  expire(context: UsageContext): boolean {
    let changed = false
    for (const [key, { atMs, resource, object }] of this.#leaving)
      if (atMs < context.nowMs && this.put(resource, key, object, context)) changed = true
    return changed
  }

  /** When there is something to expire next. */
  get nextExpiryMs(): number | undefined {
    let next: number | undefined
    for (const { atMs } of this.#leaving.values()) if (next === undefined || atMs < next) next = atMs
    return next
  }

  #change(key: string, change: (entry: Entry) => void): boolean {
    const entry = this.#entries.get(key) ?? { current: nothing, held: none }
    const before = chargeOf(entry)
    change(entry)
    const after = chargeOf(entry)
    if (entry.current.size === 0 && entry.held.length === 0) this.#entries.delete(key)
    else this.#entries.set(key, entry)
    let changed = false
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const [was, is] = [before.get(name) ?? Quantity.zero, after.get(name) ?? Quantity.zero]
      if (was.equals(is)) continue
      this.#totals.set(name, this.used(name).add(is).subtract(was))
      changed = true
    }
    return changed
  }
}
