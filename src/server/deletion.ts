// What a deletion means for an object: gone at once, marked and waiting for its grace period or its finalizers, or
// already on its way. Pure; `verbs/delete.ts` carries it out.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import { StatusError } from '#api/status-error.ts'
import { formatTime } from '#lib/clock.ts'
import type { DeleteOptions } from './options.ts'

export type DeletionPlan =
  | { readonly action: 'remove' }
  /** Nothing changes: it is being deleted already, and no sooner than asked. */
  | { readonly action: 'leave' }
  | { readonly action: 'mark'; readonly object: ApiObject }

const orphanFinalizer = 'orphan'
const foregroundFinalizer = 'foregroundDeletion'

/** Kinds that keep what holds them outside of the metadata. */
interface OwnRules {
  readonly holds: (object: ApiObject) => boolean
  readonly mark: (draft: ApiObject) => void
}

const ownRules: Readonly<Record<string, OwnRules>> = {
  namespaces: {
    holds: (namespace) => (namespace.spec?.finalizers?.length ?? 0) > 0,
    mark: (draft) => {
      draft.status = { ...draft.status, phase: 'Terminating' }
    },
  },
  'customresourcedefinitions.apiextensions.k8s.io': {
    // The objects go before their definition does: once it is marked, its finalizer holds it.
    holds: ({ metadata }) => metadata.deletionTimestamp === undefined,
    mark: markDefinition,
  },
}

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'

function markDefinition(draft: ApiObject): void {
  const { metadata } = draft
  const finalizers = metadata.finalizers ?? []
  if (!finalizers.includes(cleanupFinalizer)) metadata.finalizers = [...finalizers, cleanupFinalizer]
  const condition = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: metadata.deletionTimestamp,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }
  const others = (draft.status?.conditions ?? []).filter(({ type }: { type: string }) => type !== 'Terminating')
  draft.status = { ...draft.status, conditions: [...others, condition] }
}

/** Kinds whose deletion answers with what was deleted, where others answer with a Status, as upstream's do. */
export const answersDeleted: ReadonlySet<string> = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'podtemplates',
  'pods',
  'resourcequotas',
  'serviceaccounts',
  'services',
])

const isHeld = (kind: AnyKind, object: ApiObject): boolean =>
  (object.metadata.finalizers?.length ?? 0) > 0 || (ownRules[kind.resource]?.holds(object) ?? false)

/** True for an object that is being deleted and that nothing holds any more. */
export const isFinished = (kind: AnyKind, { metadata, ...object }: ApiObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !isHeld(kind, { metadata, ...object } as ApiObject)

/** `draft` is a copy that may be changed. */
export function planDeletion(kind: AnyKind, draft: ApiObject, options: DeleteOptions, nowMs: number): DeletionPlan {
  checkPreconditions(kind, draft, options)
  const finalizersChanged = setFinalizers(kind, draft, options)
  const { metadata } = draft
  const asked = options.gracePeriodSeconds === undefined ? undefined : Math.max(options.gracePeriodSeconds, -1)
  const wanted = asked !== undefined && asked < 0 ? 1 : asked
  const graceSeconds = kind.strategy.gracePeriodSeconds?.(draft, wanted)
  const held = isHeld(kind, draft)

  if (metadata.deletionTimestamp !== undefined) {
    const before = metadata.deletionGracePeriodSeconds ?? 0
    const sooner = graceSeconds !== undefined && wanted !== undefined && graceSeconds < before
    if (sooner) {
      // Counted from when the deletion was first asked for, as upstream does.
      const startMs = Date.parse(metadata.deletionTimestamp) - before * 1000
      setMark(draft, startMs + graceSeconds * 1000, graceSeconds)
    }
    if (!held && (draft.metadata.deletionGracePeriodSeconds ?? 0) === 0) return { action: 'remove' }
    if (!sooner && !finalizersChanged) {
      if (ownRules[kind.resource]?.holds(draft)) throw namespaceIsGoing(kind, draft)
      return { action: 'leave' }
    }
    return { action: 'mark', object: draft }
  }
  if (!held && (graceSeconds === undefined || graceSeconds === 0)) return { action: 'remove' }
  setMark(draft, nowMs + (graceSeconds ?? 0) * 1000, graceSeconds ?? 0)
  ownRules[kind.resource]?.mark(draft)
  return { action: 'mark', object: draft }
}

function setMark(draft: ApiObject, atMs: number, graceSeconds: number): void {
  const { labels, annotations, ownerReferences, finalizers, managedFields, ...identity } = draft.metadata
  const generation = identity.generation ? { generation: identity.generation + 1 } : {}
  draft.metadata = {
    ...identity,
    ...generation,
    deletionTimestamp: formatTime(atMs),
    deletionGracePeriodSeconds: graceSeconds,
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(ownerReferences ? { ownerReferences } : {}),
    ...(finalizers ? { finalizers } : {}),
    ...(managedFields ? { managedFields } : {}),
  }
}

/** Puts on or takes off the garbage collector's finalizers, as the propagation policy says. */
function setFinalizers(kind: AnyKind, draft: ApiObject, options: DeleteOptions): boolean {
  const before = draft.metadata.finalizers ?? []
  const stayByDefault = kind.strategy.orphansByDefault !== undefined && !before.includes(foregroundFinalizer)
  const orphan =
    options.orphanDependents ??
    (options.propagationPolicy === undefined
      ? before.includes(orphanFinalizer) || stayByDefault
      : options.propagationPolicy === 'Orphan')
  const foreground =
    options.orphanDependents === undefined &&
    (options.propagationPolicy === undefined
      ? before.includes(foregroundFinalizer)
      : options.propagationPolicy === 'Foreground')
  const others = before.filter((finalizer) => finalizer !== orphanFinalizer && finalizer !== foregroundFinalizer)
  const after = [...others, ...(orphan ? [orphanFinalizer] : []), ...(foreground ? [foregroundFinalizer] : [])]
  const changed = after.length !== before.length || after.some((finalizer) => !before.includes(finalizer))
  if (!changed) return false
  if (after.length === 0) delete draft.metadata.finalizers
  else draft.metadata.finalizers = after
  return true
}

function checkPreconditions(kind: AnyKind, { metadata }: ApiObject, { preconditions }: DeleteOptions): void {
  if (!preconditions) return
  const { uid, resourceVersion } = preconditions
  if (uid !== undefined && uid !== metadata.uid)
    throw preconditionFailed(
      kind,
      metadata.name ?? '',
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    )
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw preconditionFailed(
      kind,
      metadata.name ?? '',
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    )
}

/** Upstream names the kind here, not the resource. */
const preconditionFailed = (kind: AnyKind, name: string, why: string): StatusError => {
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified} ${JSON.stringify(name)}: ${why}`,
    { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.kind },
  )
}

const namespaceIsGoing = (kind: AnyKind, { metadata }: ApiObject): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${kind.resource} ${JSON.stringify(metadata.name)}: The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.`,
    { name: metadata.name ?? '', kind: kind.plural },
  )
