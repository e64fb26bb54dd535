// Shows in the status of each quota what is used of it. Counts the same way as admission does, object by object as
// informers tell of them; kinds are followed from when the first quota counts them, also those that come later. What
// could have been missed, as a device class that has changed, is made good by counting anew now and then.
//
// Guarantees: the status is written only where it changes; what is used is kept where nobody serves what is counted.

import type { Usage, UsageContext } from '#api/core/quota-scope.ts'
import { QuotaTally } from '#api/core/quota-tally.ts'
import { resourcesCounted } from '#api/core/quota-usage.ts'
import { ResourceQuota as QuotaKind, type ResourceQuota } from '#api/core/resource-quota.ts'
import type { ResourceQuotaStatus } from '#api/core/resource-quota-types.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import { type Quantity, sameAmounts } from '#api/quantity.ts'
import { DeviceClass } from '#api/resource/device-class.ts'
import { isNotFound } from '#api/status-error.ts'
import type { Ref } from '#client/client.ts'
import { type Controller, type ControllerContext, controller } from '#client/controller.ts'
import { assert } from '#lib/assert.ts'
import type { Clock } from '#lib/clock.ts'
import { followStoredKinds } from './stored-kinds.ts'

/** As upstream's --resource-quota-sync-period. */
const recountMs = 5 * 60_000

/** The status that the quota should have; undefined: it has it. `used` holds what is known. */
export function plan(
  { spec, status = {} }: Pick<ResourceQuota, 'spec' | 'status'>,
  used: Usage,
): ResourceQuotaStatus | undefined {
  const hard = spec.hard ?? {}
  const now: Record<string, string> = {}
  for (const name of Object.keys(hard).sort()) {
    const amount = used.get(name)?.toString() ?? status.used?.[name]
    if (amount !== undefined) now[name] = amount
  }
  const isTrue = sameAmounts(hard, status.hard ?? {}) && sameAmounts(now, status.used ?? {})
  return isTrue && (status.hard !== undefined || Object.keys(hard).length === 0) ? undefined : { hard, used: now }
}

export function resourceQuota(kinds: KindRegistry): Controller {
  const counting = new Counting()
  return controller({
    name: 'resource-quota-controller',
    account: 'resourcequota-controller',
    reconciles: QuotaKind,
    reads: [DeviceClass],
    start(context) {
      counting.start(context)
      const stop = followStoredKinds(kinds, {
        onKind: (kind) => counting.serve(kind),
        onGone: (kind) => counting.withdraw(kind),
      })
      context.signal.addEventListener('abort', stop, { once: true })
    },
    async reconcile(key, context) {
      const quota = context.informers.of(QuotaKind).get(key.namespace, key.name)
      if (!quota) {
        counting.drop(key)
        return
      }
      const { used, againAfterMs } = await counting.count(key, quota)
      const status = plan(quota, used)
      if (status)
        await context.client.updateStatus(QuotaKind, { ...quota, status }).catch((error) => {
          if (!isNotFound(error)) throw error
        })
      return { againAfterMs }
    },
  })
}

interface Counted {
  readonly tally: QuotaTally
  readonly sinceMs: number
}

interface Followed {
  /** All that is there has been heard of, or nobody serves it any more. */
  readonly settled: Promise<unknown>
  readonly stop: () => void
}

/** What is used of every quota. */
class Counting {
  #context: ControllerContext | undefined
  /** By namespace and name. */
  readonly #quotas = new Map<string, Map<string, Counted>>()
  readonly #served = new Map<string, AnyKind>()
  readonly #followed = new Map<string, Followed>()

  start(context: ControllerContext): void {
    this.#context = context
  }

  serve(kind: AnyKind): void {
    this.#served.set(kind.resource, kind)
    this.#recount(kind.resource)
  }

  withdraw(kind: AnyKind): void {
    this.#served.delete(kind.resource)
    this.#followed.get(kind.resource)?.stop()
    this.#followed.delete(kind.resource)
    this.#recount(kind.resource)
  }

  drop({ namespace = '', name }: Ref): void {
    const quotas = this.#quotas.get(namespace)
    quotas?.delete(name)
    if (quotas?.size === 0) this.#quotas.delete(namespace)
  }

  /** What is used, by the names that somebody serves; and when to ask again. */
  async count(ref: Ref, { spec }: ResourceQuota): Promise<{ readonly used: Usage; readonly againAfterMs: number }> {
    const { namespace = '', name } = ref
    let counted = this.#quotas.get(namespace)?.get(name)
    const isOld = counted && this.#clock.monotonic() - counted.sinceMs >= recountMs
    if (!counted?.tally.takesUp(spec) || isOld) counted = await this.#count(namespace, name, spec)
    const { tally, sinceMs } = counted
    const nowMs = this.#clock.now()
    tally.expire(this.#usageContext)
    const used = new Map<string, Quantity>()
    for (const each of tally.hard.keys()) {
      const resources = [...resourcesCounted([each])]
      if (resources.some((resource) => this.#served.has(resource))) used.set(each, tally.used(each))
    }
    const untilExpiry = (tally.nextExpiryMs ?? Number.POSITIVE_INFINITY) - nowMs + 1
    const untilRecount = sinceMs + recountMs - this.#clock.monotonic()
    return { used, againAfterMs: Math.max(1, Math.min(untilExpiry, untilRecount)) }
  }

  async #count(namespace: string, name: string, spec: ResourceQuota['spec']): Promise<Counted> {
    const tally = new QuotaTally(spec)
    const counted = { tally, sinceMs: this.#clock.monotonic() }
    const quotas = this.#quotas.get(namespace) ?? new Map<string, Counted>()
    this.#quotas.set(namespace, quotas.set(name, counted))
    for (const resource of tally.resources) {
      const kind = this.#served.get(resource)
      if (!kind) continue
      await this.#follow(kind).settled
      const objects: readonly ApiObject[] = this.#informers.of(kind).list(namespace)
      for (const object of objects) tally.put(resource, keyOf(resource, object), object, this.#usageContext)
    }
    return counted
  }

  #follow(kind: AnyKind): Followed {
    const { resource } = kind
    const known = this.#followed.get(resource)
    if (known) return known
    const informer = this.#informers.of(kind)
    const unsubscribe = informer.onChange((next?: ApiObject, old?: ApiObject) => this.#hear(resource, next, old))
    const ended = Promise.withResolvers<void>()
    const stop = () => {
      unsubscribe()
      ended.resolve()
    }
    this.#started.signal.addEventListener('abort', stop, { once: true })
    const followed = { settled: Promise.race([informer.synced, ended.promise]), stop }
    this.#followed.set(resource, followed)
    return followed
  }

  #hear(resource: string, next: ApiObject | undefined, old: ApiObject | undefined): void {
    const object = next ?? old
    const namespace = object?.metadata.namespace
    const quotas = namespace === undefined ? undefined : this.#quotas.get(namespace)
    if (!object || !quotas) return
    for (const [name, { tally }] of quotas) {
      if (!tally.resources.has(resource)) continue
      const changed = tally.put(resource, keyOf(resource, object), next, this.#usageContext)
      // One that is going has to be looked at again in time, even if nothing has changed yet.
      const isGoing = next?.metadata.deletionTimestamp !== old?.metadata.deletionTimestamp
      if (changed || isGoing) this.#wake({ namespace, name })
    }
  }

  /** The kind has come or gone: what is known of the quotas that count it does not hold. */
  #recount(resource: string): void {
    for (const [namespace, quotas] of this.#quotas)
      for (const [name, { tally }] of quotas) {
        if (!tally.resources.has(resource)) continue
        quotas.delete(name)
        this.#wake({ namespace, name })
      }
  }

  #wake(ref: Ref): void {
    this.#started.enqueue(ref)
  }

  get #started(): ControllerContext {
    assert(this.#context, 'quotas are counted once the controller has started')
    return this.#context
  }
  get #informers(): ControllerContext['informers'] {
    return this.#started.informers
  }
  get #clock(): Clock {
    return this.#started.clock
  }
  get #usageContext(): UsageContext {
    return {
      nowMs: this.#clock.now(),
      extendedResourceOf: (name) => this.#informers.of(DeviceClass).get(undefined, name)?.spec.extendedResourceName,
    }
  }
}

const keyOf = (resource: string, { metadata }: ApiObject): string => `${resource}/${metadata.name ?? ''}`
