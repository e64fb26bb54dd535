// Follows the definitions of custom kinds in the store: accepts their names, serves and takes back their kinds, and
// deletes their objects before they go. What was established before is served again before `startCustomKinds` returns.
//
// A definition's kinds are registered before its Established condition can be read, so that whoever waits for that
// finds them.

import { CustomResourceDefinition } from '#api/apiextensions/custom-resource-definition.ts'
import { customKinds } from '#api/custom/kind.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { StatusError } from '#api/status-error.ts'
import { formatTime } from '#lib/clock.ts'
import { equalJson } from '#lib/json.ts'
import { keyOf, type StoreEvent, type Watch } from '#store/store.ts'
import type { Core } from '../call.ts'
import { cleanupFinalizer } from '../deletion.ts'
import type { ApiRequest, ApiResponse, Handler, UserInfo } from '../request.ts'
import { draftOf, objectOf } from '../stored.ts'
import { isTrue, plannedStatus, withCondition } from './conditions.ts'
import { deleteObjects } from './delete-objects.ts'

const prefix = `${CustomResourceDefinition.resource}/`
const user: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }
/** After an error that no change in the store will put right. */
const retryMs = 1000

interface Published {
  /** What the kinds were made of. */
  readonly source: object
  readonly kinds: readonly AnyKind[]
}

export interface CustomKinds {
  /** Resolves when nothing is left to be done for now. */
  settled(): Promise<void>
  /** The kinds that are served stay so. */
  stop(): void
}

export function startCustomKinds(core: Core, handle: Handler): CustomKinds {
  const following = new Following(core, handle)
  following.start()
  return following
}

class Following implements CustomKinds {
  readonly #core: Core
  readonly #handle: Handler
  readonly #published = new Map<string, Published>()
  /** Names of definitions that have to be looked at. */
  readonly #dirty = new Set<string>()
  /** Of those that wait for their last object to go. */
  readonly #waiting = new Map<string, Watch>()
  readonly #stopping = new AbortController()
  #watch: Watch | undefined
  #working: Promise<void> | undefined

  constructor(core: Core, handle: Handler) {
    this.#core = core
    this.#handle = handle
  }

  start(): void {
    const { items, revision } = this.#core.store.list({ prefix })
    // Some may have gone while nothing was heard of them.
    for (const name of this.#published.keys()) this.#look(name)
    for (const stored of items) {
      const definition = objectOf(stored) as CustomResourceDefinition
      if (isTrue(definition, 'Established')) this.#publish(definition)
      this.#look(definition.metadata.name ?? '')
    }
    this.#watch = this.#core.store.watch({
      prefix,
      after: revision,
      onEvents: (events) => this.#hear(events),
      onEnd: () => {
        if (!this.#stopping.signal.aborted) this.start()
      },
    })
  }

  stop(): void {
    this.#stopping.abort()
    this.#watch?.stop()
    for (const watch of this.#waiting.values()) watch.stop()
  }

  async settled(): Promise<void> {
    while (this.#working) await this.#working
  }

  #hear(events: readonly StoreEvent[]): void {
    for (const { key, object, previous } of events) {
      this.#look(key.slice(key.lastIndexOf('/') + 1))
      // Names that have become free may be those that another one waits for.
      const group = (stored: typeof object) => stored && (objectOf(stored) as CustomResourceDefinition).spec.group
      for (const mate of this.#inGroup(group(object) ?? group(previous) ?? '')) {
        if (!isTrue(mate, 'NamesAccepted')) this.#look(mate.metadata.name ?? '')
      }
    }
  }

  #look(name: string): void {
    this.#dirty.add(name)
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  async #work(): Promise<void> {
    await undefined
    for (const name of this.#dirty) {
      if (this.#stopping.signal.aborted) return
      this.#dirty.delete(name)
      try {
        await this.#reconcile(name)
      } catch (error) {
        // Somebody else was faster, and what they wrote is heard of.
        if (error instanceof StatusError && (error.code === 409 || error.code === 404)) continue
        if (this.#stopping.signal.aborted) return
        this.#core.log.error('A custom kind could not be brought up to date', { name, error: String(error) })
        this.#core.clock.after(retryMs, () => {
          if (!this.#stopping.signal.aborted) this.#look(name)
        })
      }
    }
  }

  #inGroup(group: string): readonly CustomResourceDefinition[] {
    return this.#core.store
      .list({ prefix })
      .items.map((stored) => objectOf(stored) as CustomResourceDefinition)
      .filter(({ spec }) => spec.group === group)
  }

  async #reconcile(name: string): Promise<void> {
    const { store, clock } = this.#core
    const stored = store.get(keyOf(CustomResourceDefinition.resource, '', name))
    if (!stored) {
      this.#takeBack(name)
      return
    }
    const definition = objectOf(stored) as CustomResourceDefinition
    if (definition.metadata.deletionTimestamp !== undefined) {
      await this.#finish(name, definition)
      return
    }
    const others = this.#inGroup(definition.spec.group)
      .filter(({ metadata }) => metadata.name !== name)
      .map(({ status }) => status.acceptedNames)
    const status = plannedStatus({ definition, others, now: formatTime(clock.now()) })
    const next = { ...definition, status } as CustomResourceDefinition
    if (isTrue(next, 'Established')) this.#publish(next)
    if (status !== definition.status) {
      const draft = draftOf(stored)
      draft.status = status
      await this.#put(name, draft, '/status')
    }
  }

  #publish({ metadata, spec, status, ...rest }: CustomResourceDefinition): void {
    const name = metadata.name ?? ''
    const terminating = metadata.deletionTimestamp !== undefined
    const source = { spec, names: status.acceptedNames, terminating }
    const before = this.#published.get(name)
    if (before && equalJson(before.source, source)) return
    const definition = { ...rest, metadata, spec, status } as CustomResourceDefinition
    const made = customKinds(definition, { names: status.acceptedNames, terminating })
    // What is built in stays what it is, and keeps its objects to itself, in whatever version.
    const come = this.#isBuiltIn(name) ? [] : made
    this.#published.set(name, { source, kinds: come })
    this.#replace(before?.kinds ?? [], come)
  }

  #isBuiltIn(name: string): boolean {
    return this.#core.kinds.all.some(({ custom, resource }) => !custom && resource === name)
  }

  #takeBack(name: string): void {
    this.#waitNoMore(name)
    const before = this.#published.get(name)
    this.#published.delete(name)
    if (before) this.#replace(before.kinds, [])
  }

  /** Whoever watches objects by what was declared before has to begin again, as upstream has it. */
  #replace(gone: readonly AnyKind[], come: readonly AnyKind[]): void {
    const { kinds, registries } = this.#core
    kinds.replace(gone, come)
    for (const kind of gone) registries.drop(kind)
  }

  /** Deletes what there is of it, waits for that, and lets it go. */
  async #finish(name: string, definition: CustomResourceDefinition): Promise<void> {
    if (!definition.metadata.finalizers?.includes(cleanupFinalizer)) return
    const established = isTrue(definition, 'Established')
    if (established) this.#publish(definition)
    const own = established && !this.#isBuiltIn(name)
    if (own && this.#core.store.count(`${name}/`) > 0) {
      if (this.#waiting.has(name)) return
      await this.#say(name, 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress')
      this.#waitForLast(name)
      try {
        await deleteObjects({ core: this.#core, definition, user, signal: this.#stopping.signal })
      } catch (error) {
        this.#waitNoMore(name)
        const why = `could not list instances: ${(error as Error).message}`
        await this.#say(name, 'True', 'InstanceDeletionFailed', why)
        throw error
      }
      return
    }
    this.#waitNoMore(name)
    if (own) await this.#say(name, 'False', 'InstanceDeletionCompleted', 'removed all instances')
    else if (established) {
      await this.#say(
        name,
        'False',
        'OverlappingBuiltInResource',
        'instances overlap with built-in resources in storage',
      )
    } else await this.#say(name, 'False', 'NeverEstablished', 'resource was never established')
    const draft = this.#draft(name)
    if (!draft) return
    draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((one) => one !== cleanupFinalizer)
    await this.#put(name, draft, '')
  }

  #waitNoMore(name: string): void {
    this.#waiting.get(name)?.stop()
    this.#waiting.delete(name)
  }

  #waitForLast(name: string): void {
    const { store } = this.#core
    const below = `${name}/`
    const watch = store.watch({
      prefix: below,
      after: store.revision,
      onEvents: () => {
        if (store.count(below) > 0) return
        watch.stop()
        this.#waiting.delete(name)
        this.#look(name)
      },
      onEnd: () => {
        this.#waiting.delete(name)
        if (!this.#stopping.signal.aborted) this.#look(name)
      },
    })
    this.#waiting.set(name, watch)
  }

  #draft(name: string): ApiObject | undefined {
    const stored = this.#core.store.get(keyOf(CustomResourceDefinition.resource, '', name))
    return stored && draftOf(stored)
  }

  async #say(name: string, status: 'True' | 'False', reason: string, message: string): Promise<void> {
    const draft = this.#draft(name) as CustomResourceDefinition | undefined
    if (!draft) return
    const now = formatTime(this.#core.clock.now())
    const condition = { type: 'Terminating', status, reason, message }
    draft.status.conditions = withCondition(draft.status.conditions ?? [], condition, now)
    await this.#put(name, draft, '/status')
  }

  #put(name: string, object: ApiObject, subresource: '' | '/status'): Promise<ApiResponse> {
    const path = `/apis/${CustomResourceDefinition.apiVersion}/${CustomResourceDefinition.plural}/${name}${subresource}`
    return this.#send('PUT', path, object)
  }

  #send(method: string, path: string, object?: ApiObject): Promise<ApiResponse> {
    const request: ApiRequest = {
      method,
      path,
      query: new URLSearchParams(),
      headers: { 'user-agent': 'apiserver' },
      body: object === undefined ? { type: 'none' } : { type: 'object', object },
      user,
      signal: this.#stopping.signal,
      raw: true,
    }
    return this.#handle(request)
  }
}
