// Who depends on whom, over all objects of all kinds: what the garbage collector decides from. Pure data: changes go
// in, and for each the nodes come out that have to be looked at. An owner that is named but was never seen stands in
// as a virtual node until somebody has asked the server about it.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { OwnerReference } from '#api/meta/object-meta.ts'
import { isEqual } from './equal.ts'

export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

export interface GraphNode {
  readonly uid: string
  /** Undefined for a virtual node whose kind is not known here. */
  readonly kind: AnyKind | undefined
  readonly apiVersion: string
  readonly kindName: string
  readonly namespace: string | undefined
  readonly name: string
  owners: readonly OwnerReference[]
  readonly dependents: Set<GraphNode>
  /** Known from a reference only. */
  virtual: boolean
  beingDeleted: boolean
  /** It waits for its dependents to be deleted first. */
  deletingDependents: boolean
}

/** What has to be done with a node: see whether it may stay, or let its dependents go. */
export interface Work {
  readonly what: 'delete' | 'orphan'
  readonly uid: string
}

export interface BadReference {
  readonly dependent: GraphNode
  readonly owner: OwnerReference
}

export interface Effects {
  readonly work: readonly Work[]
  /** References whose owner is, as far as is known, not where they say. */
  readonly bad: readonly BadReference[]
}

const nothing: Effects = { work: [], bad: [] }

export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>()
  readonly #kindOf: (apiVersion: string, kind: string) => AnyKind | undefined

  constructor(kindOf: (apiVersion: string, kind: string) => AnyKind | undefined) {
    this.#kindOf = kindOf
  }

  get size(): number {
    return this.#nodes.size
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid)
  }

  put(kind: AnyKind, object: ApiObject): Effects {
    const { metadata } = object
    const uid = metadata.uid ?? ''
    const owners = metadata.ownerReferences ?? []
    const old = this.#nodes.get(uid)
    // Most objects neither own anything nor are owned, and most changes concern neither.
    if (!old) return this.#add(kind, object, owners)
    const work: Work[] = []
    const bad: BadReference[] = []
    if (old.virtual) {
      const effects = this.#realize(old, kind, object)
      work.push(...effects.work)
      bad.push(...effects.bad)
      if (this.#nodes.get(uid) !== old) return this.#merge({ work, bad }, this.put(kind, object))
    }
    if (!isEqual(old.owners, owners)) {
      const effects = this.#changeOwners(old, owners)
      work.push(...effects.work)
      bad.push(...effects.bad)
    }
    work.push(...this.#noteDeletion(old, object))
    return { work, bad }
  }

  remove(uid: string): Effects {
    const node = this.#nodes.get(uid)
    if (!node) return nothing
    this.#nodes.delete(uid)
    const work: Work[] = []
    for (const { uid: owner } of node.owners) {
      const above = this.#nodes.get(owner)
      above?.dependents.delete(node)
      if (above) this.#dropIfUnused(above)
      if (above?.deletingDependents) work.push({ what: 'delete', uid: owner })
    }
    for (const dependent of node.dependents) work.push({ what: 'delete', uid: dependent.uid })
    // Its dependents still name it; whoever looks at them next asks the server.
    return { work, bad: [] }
  }

  #merge(a: Effects, b: Effects): Effects {
    return { work: [...a.work, ...b.work], bad: [...a.bad, ...b.bad] }
  }

  #add(kind: AnyKind, object: ApiObject, owners: readonly OwnerReference[]): Effects {
    const { metadata } = object
    const node: GraphNode = {
      uid: metadata.uid ?? '',
      kind,
      apiVersion: kind.apiVersion,
      kindName: kind.kind,
      namespace: metadata.namespace,
      name: metadata.name ?? '',
      owners: [],
      dependents: new Set(),
      virtual: false,
      beingDeleted: false,
      deletingDependents: false,
    }
    this.#nodes.set(node.uid, node)
    const effects = this.#changeOwners(node, owners)
    return { work: [...effects.work, ...this.#noteDeletion(node, object)], bad: effects.bad }
  }

  /** The object turns up. If it is not what the references said of it, those who named it are looked at again. */
  #realize(node: GraphNode, kind: AnyKind, { metadata }: ApiObject): Effects {
    const isSame =
      node.kindName === kind.kind &&
      node.apiVersion.split('/')[0] === kind.apiVersion.split('/')[0] &&
      node.namespace === metadata.namespace &&
      node.name === metadata.name
    if (isSame && node.kind === kind) {
      node.virtual = false
      return nothing
    }
    this.#nodes.delete(node.uid)
    const real: GraphNode = {
      ...node,
      kind,
      apiVersion: kind.apiVersion,
      kindName: kind.kind,
      namespace: metadata.namespace,
      name: metadata.name ?? '',
      virtual: false,
    }
    this.#nodes.set(node.uid, real)
    const mistaken = [...node.dependents].flatMap((dependent) =>
      dependent.owners
        .filter((owner) => owner.uid === real.uid && !isWhere(real, owner, dependent))
        .map((owner) => ({ dependent, owner })),
    )
    return { work: mistaken.map(({ dependent }) => ({ what: 'delete', uid: dependent.uid })), bad: mistaken }
  }

  #changeOwners(node: GraphNode, owners: readonly OwnerReference[]): Effects {
    const work: Work[] = []
    const bad: BadReference[] = []
    const before = new Map(node.owners.map((owner) => [owner.uid, owner]))
    const after = new Map(owners.map((owner) => [owner.uid, owner]))
    for (const [uid, owner] of before) {
      const next = after.get(uid)
      const above = this.#nodes.get(uid)
      // One that was held up by this dependent may not be any more.
      const unblocks = owner.blockOwnerDeletion === true && next?.blockOwnerDeletion !== true
      if (above?.deletingDependents && unblocks) work.push({ what: 'delete', uid })
      if (next) continue
      above?.dependents.delete(node)
      if (above) this.#dropIfUnused(above)
    }
    const gained = owners.some(({ uid }) => !before.has(uid))
    if (before.size > 0 && after.size < before.size && !gained) work.push({ what: 'delete', uid: node.uid })
    for (const [uid, owner] of after) {
      if (before.has(uid)) continue
      let above = this.#nodes.get(uid)
      if (!above) {
        above = this.#virtual(node, owner)
        this.#nodes.set(uid, above)
        work.push({ what: 'delete', uid })
      } else if (!isWhere(above, owner, node)) {
        if (!above.virtual) bad.push({ dependent: node, owner })
        work.push({ what: 'delete', uid: node.uid })
      }
      above.dependents.add(node)
    }
    node.owners = owners
    return { work, bad }
  }

  #virtual(dependent: GraphNode, owner: OwnerReference): GraphNode {
    const kind = this.#kindOf(owner.apiVersion, owner.kind)
    return {
      uid: owner.uid,
      kind,
      apiVersion: owner.apiVersion,
      kindName: owner.kind,
      namespace: kind && !kind.namespaced ? undefined : dependent.namespace,
      name: owner.name,
      owners: [],
      dependents: new Set(),
      virtual: true,
      beingDeleted: false,
      deletingDependents: false,
    }
  }

  #noteDeletion(node: GraphNode, { metadata }: ApiObject): Work[] {
    if (metadata.deletionTimestamp === undefined) return []
    const finalizers = metadata.finalizers ?? []
    const work: Work[] = []
    const deletesDependents = finalizers.includes(foregroundFinalizer)
    if (deletesDependents && !node.deletingDependents) {
      node.deletingDependents = true
      for (const dependent of node.dependents) work.push({ what: 'delete', uid: dependent.uid })
      work.push({ what: 'delete', uid: node.uid })
    }
    node.deletingDependents = deletesDependents
    if (finalizers.includes(orphanFinalizer)) work.push({ what: 'orphan', uid: node.uid })
    node.beingDeleted = true
    return work
  }

  #dropIfUnused(node: GraphNode): void {
    if (node.virtual && node.dependents.size === 0) this.#nodes.delete(node.uid)
  }
}

/** An owner is of the cluster, or in the same namespace as its dependent, and of the kind and name that was said. */
const isWhere = (owner: GraphNode, reference: OwnerReference, dependent: GraphNode): boolean =>
  owner.kindName === reference.kind &&
  owner.name === reference.name &&
  owner.apiVersion.split('/')[0] === reference.apiVersion.split('/')[0] &&
  (owner.namespace === undefined || owner.namespace === dependent.namespace)
