// Deletes what has lost all its owners, and carries out the two deletions in which an owner waits: foreground (its
// dependents go first) and orphan (they are let go first).
//
// Assumes owner references name an object of the same namespace, or of the cluster. Guarantees: nothing is deleted
// before the server itself has said that every owner is gone; a cycle of waiting owners is broken; references that
// point into another namespace are reported and count as gone.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'
import type { OwnerReference } from '#api/meta/object-meta.ts'
import { isNotFound, StatusError } from '#api/status-error.ts'
import type { Ref } from '#client/client.ts'
import { type Controller, type ControllerContext, controller } from '#client/controller.ts'
import { Lru } from '#lib/lru.ts'
import { type Effects, foregroundFinalizer, type GraphNode, OwnerGraph, orphanFinalizer } from './owner-graph.ts'
import { groupOf } from './owners.ts'
import { followStoredKinds, type KindsElsewhere } from './stored-kinds.ts'

/** Nobody owns or is owned by an event, and there are many. */
const ignored: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io'])

export function garbageCollector(kinds: KindRegistry, elsewhere?: KindsElsewhere): Controller {
  const kindOf = (apiVersion: string, kind: string) =>
    kinds.kindOf(apiVersion, kind) ??
    elsewhere?.kinds.kindOf(apiVersion, kind) ??
    kinds.inGroup(groupOf(apiVersion), kind) ??
    elsewhere?.kinds.inGroup(groupOf(apiVersion), kind)
  const graph = new OwnerGraph(kindOf)
  const absent = new Lru<string, true>({ maxEntries: rememberedAbsent })
  return controller({
    name: 'garbage-collector-controller',
    account: 'generic-garbage-collector',
    concurrency: 20,
    async start(context) {
      const { informers, signal } = context
      const synced: Promise<void>[] = []
      const follow = (kind: AnyKind, isElsewhere = false) => {
        if (ignored.has(kind.resource)) return
        const informer = informers.of(kind)
        informer.onChange((next?: ApiObject, old?: ApiObject) => {
          if (next) carryOut(graph.put(kind, next), context)
          else if (old) carryOut(graph.remove(old.metadata.uid ?? ''), context)
        })
        // Another server may be out of reach for long: nobody waits for what it has.
        if (!isElsewhere) synced.push(informer.synced)
      }
      const onGone = (kind: AnyKind) => informers.drop(kind)
      const stop = followStoredKinds(kinds, { onKind: (kind) => follow(kind), onGone })
      signal.addEventListener('abort', stop, { once: true })
      if (elsewhere) {
        const stopElsewhere = followStoredKinds(elsewhere.kinds, { onKind: (kind) => follow(kind, true), onGone })
        signal.addEventListener('abort', stopElsewhere, { once: true })
      }
      await Promise.all(synced)
    },
    async reconcile({ namespace: what, name: uid }, context) {
      const node = graph.get(uid)
      if (!node) return
      const collection = new Collection({ graph, kindOf, absent, context })
      if (what === 'orphan') await collection.orphan(node)
      else await collection.consider(node)
    },
  })
}

/** Keys are not objects here: `namespace` says what to do, `name` is the UID. */
const keyOf = (what: 'delete' | 'orphan', uid: string): Ref => ({ namespace: what, name: uid })

function carryOut({ work, bad }: Effects, { enqueue, events }: ControllerContext): void {
  for (const { what, uid } of work) enqueue(keyOf(what, uid))
  for (const { dependent, owner } of bad) {
    const { apiVersion, kindName, namespace, name, uid } = dependent
    const about = { apiVersion, kind: kindName, metadata: { namespace, name, uid } }
    const { apiVersion: version, kind, name: ownerName, uid: ownerUid } = owner
    const text = `ownerRef [${version}/${kind}, namespace: ${namespace ?? ''}, name: ${ownerName}, uid: ${ownerUid}] does not exist in namespace ${JSON.stringify(namespace ?? '')}`
    events.record(about, 'Warning', 'OwnerRefInvalidNamespace', text)
  }
}

interface Owners {
  readonly solid: readonly OwnerReference[]
  readonly dangling: readonly OwnerReference[]
  /** Owners that wait for their dependents to go. */
  readonly waiting: readonly OwnerReference[]
}

/** Owners that the server has said are gone: a UID never comes back. */
const rememberedAbsent = 500

interface CollectionOptions {
  readonly graph: OwnerGraph
  readonly kindOf: (apiVersion: string, kind: string) => AnyKind | undefined
  readonly absent: Lru<string, true>
  readonly context: ControllerContext
}

class Collection {
  readonly #graph: OwnerGraph
  readonly #kindOf: CollectionOptions['kindOf']
  readonly #absent: Lru<string, true>
  readonly #context: ControllerContext

  constructor({ graph, kindOf, absent, context }: CollectionOptions) {
    this.#graph = graph
    this.#kindOf = kindOf
    this.#absent = absent
    this.#context = context
  }

  /** May it stay? */
  async consider(node: GraphNode): Promise<void> {
    if (node.beingDeleted && !node.deletingDependents) return
    const { kind } = node
    // A kind that is not served: its objects can be neither seen nor gone.
    if (!kind) return
    const latest = await this.#latest(kind, node)
    if (!latest) {
      this.#absent.set(absentKey(node.uid, node.namespace), true)
      carryOut(this.#graph.remove(node.uid), this.#context)
      return
    }
    if (node.virtual) {
      carryOut(this.#graph.put(kind, latest), this.#context)
      return
    }
    if (node.deletingDependents) return this.#finishForeground(kind, node, latest)
    const references = latest.metadata.ownerReferences ?? []
    if (references.length === 0) return
    const { solid, dangling, waiting } = await this.#classify(node, references)
    if (solid.length > 0) {
      const gone = [...dangling, ...waiting]
      if (gone.length > 0) await this.#dropReferences(kind, latest, gone)
      return
    }
    if (waiting.length > 0 && node.dependents.size > 0) {
      // A dependent that itself waits for this one closes a cycle: nobody must wait for this one any more.
      if ([...node.dependents].some(({ deletingDependents }) => deletingDependents)) await this.#unblock(kind, latest)
      return this.#delete(kind, latest, 'Foreground')
    }
    const { finalizers = [] } = latest.metadata
    await this.#delete(
      kind,
      latest,
      finalizers.includes(orphanFinalizer)
        ? 'Orphan'
        : finalizers.includes(foregroundFinalizer)
          ? 'Foreground'
          : 'Background',
    )
  }

  /** Lets all dependents go, then the owner. */
  async orphan(node: GraphNode): Promise<void> {
    const { kind } = node
    if (!kind) return
    for (const dependent of node.dependents) {
      if (!dependent.kind) continue
      const ownerReferences = [{ $patch: 'delete', uid: node.uid }]
      await this.#patch(dependent.kind, dependent, { metadata: { uid: dependent.uid, ownerReferences } })
    }
    await this.#removeFinalizer(kind, node, orphanFinalizer)
  }

  async #finishForeground(kind: AnyKind, node: GraphNode, latest: ApiObject): Promise<void> {
    const blocking = [...node.dependents].filter(({ owners }) =>
      owners.some(({ uid, blockOwnerDeletion }) => uid === node.uid && blockOwnerDeletion === true),
    )
    if (blocking.length === 0) return this.#removeFinalizer(kind, node, foregroundFinalizer, latest)
    for (const { uid, deletingDependents } of blocking)
      if (!deletingDependents) this.#context.enqueue(keyOf('delete', uid))
  }

  async #classify(node: GraphNode, references: readonly OwnerReference[]): Promise<Owners> {
    const solid: OwnerReference[] = []
    const dangling: OwnerReference[] = []
    const waiting: OwnerReference[] = []
    for (const reference of references) {
      const owner = await this.#owner(node, reference)
      if (owner === 'gone') dangling.push(reference)
      else if (owner === 'unknown') solid.push(reference)
      else if (
        owner.metadata.deletionTimestamp !== undefined &&
        (owner.metadata.finalizers ?? []).includes(foregroundFinalizer)
      )
        waiting.push(reference)
      else solid.push(reference)
    }
    return { solid, dangling, waiting }
  }

  /** The owner as the server has it. An owner of a kind that nobody serves is not known to be gone. */
  async #owner(
    node: GraphNode,
    { apiVersion, kind: kindName, name, uid }: OwnerReference,
  ): Promise<ApiObject | 'gone' | 'unknown'> {
    const kind = this.#kindOf(apiVersion, kindName)
    if (!kind) return 'unknown'
    const key = absentKey(uid, kind.namespaced ? node.namespace : undefined)
    if (this.#absent.get(key)) return 'gone'
    // An object of the cluster cannot be owned by one of a namespace; what such a reference means is not known.
    if (kind.namespaced && node.namespace === undefined) return 'unknown'
    try {
      const namespace = kind.namespaced ? node.namespace : undefined
      const owner = (await this.#context.client.get(kind, { namespace, name })) as ApiObject
      if (owner.metadata.uid === uid) return owner
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    this.#absent.set(key, true)
    return 'gone'
  }

  async #latest(kind: AnyKind, { namespace, name, uid }: GraphNode): Promise<ApiObject | undefined> {
    try {
      const object = (await this.#context.client.get(kind, { namespace, name })) as ApiObject
      return object.metadata.uid === uid ? object : undefined
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async #delete(
    kind: AnyKind,
    { metadata }: ApiObject,
    propagationPolicy: 'Orphan' | 'Background' | 'Foreground',
  ): Promise<void> {
    const { namespace, name = '', uid, resourceVersion } = metadata
    await this.#context.client
      .delete(kind, { namespace, name }, { uid, resourceVersion, propagationPolicy })
      .catch((error) => {
        if (!isNotFound(error)) throw error
      })
  }

  async #dropReferences(kind: AnyKind, object: ApiObject, gone: readonly OwnerReference[]): Promise<void> {
    const { uid } = object.metadata
    const ownerReferences = gone.map((reference) => ({ $patch: 'delete', uid: reference.uid }))
    await this.#patch(kind, placeOf(object), { metadata: { uid, ownerReferences } })
  }

  async #unblock(kind: AnyKind, object: ApiObject): Promise<void> {
    const { uid, ownerReferences = [] } = object.metadata
    const blocking = ownerReferences.filter(({ blockOwnerDeletion }) => blockOwnerDeletion)
    if (blocking.length === 0) return
    const unblocked = ownerReferences.map((reference) => ({ ...reference, blockOwnerDeletion: false }))
    await this.#patch(kind, placeOf(object), { metadata: { uid, ownerReferences: unblocked } }, 'merge')
  }

  async #removeFinalizer(kind: AnyKind, node: GraphNode, finalizer: string, known?: ApiObject): Promise<void> {
    const latest = known ?? (await this.#latest(kind, node))
    if (!latest?.metadata.finalizers?.includes(finalizer)) return
    const { resourceVersion, finalizers } = latest.metadata
    const rest = finalizers.filter((each) => each !== finalizer)
    await this.#patch(kind, node, { metadata: { resourceVersion, finalizers: rest } }, 'merge')
  }

  async #patch(
    kind: AnyKind,
    { namespace, name }: Pick<GraphNode, 'namespace' | 'name'>,
    patch: object,
    type: 'strategic' | 'merge' = 'strategic',
  ): Promise<void> {
    try {
      await this.#context.client.patch(kind, { namespace, name }, patch, { type })
    } catch (error) {
      if (isNotFound(error)) return
      if (!(error instanceof StatusError) || error.code !== 415 || type !== 'strategic') throw error
      // Custom resources know no strategic merge: the list is written as a whole.
      await this.#patchWhole(
        kind,
        { namespace, name },
        patch as { metadata: { ownerReferences: readonly { uid: string }[] } },
      )
    }
  }

  async #patchWhole(
    kind: AnyKind,
    { namespace, name }: Pick<GraphNode, 'namespace' | 'name'>,
    { metadata }: { readonly metadata: { readonly ownerReferences: readonly { readonly uid: string }[] } },
  ): Promise<void> {
    const object = (await this.#context.client.get(kind, { namespace, name })) as ApiObject
    const gone = new Set(metadata.ownerReferences.map(({ uid }) => uid))
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !gone.has(uid))
    const { resourceVersion } = object.metadata
    await this.#context.client.patch(
      kind,
      { namespace, name },
      { metadata: { resourceVersion, ownerReferences } },
      { type: 'merge' },
    )
  }
}

/** A reference into the wrong namespace finds nothing there, while the owner may well be alive elsewhere. */
const absentKey = (uid: string, namespace: string | undefined): string => `${uid} ${namespace ?? ''}`

const placeOf = ({ metadata }: ApiObject): Pick<GraphNode, 'namespace' | 'name'> => ({
  namespace: metadata.namespace,
  name: metadata.name ?? '',
})
