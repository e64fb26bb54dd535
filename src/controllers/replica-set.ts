// Keeps as many live pods as each ReplicaSet wants.
//
// What else keeps replicas of one template, as a ReplicationController, is looked at as a ReplicaSet and kept the same
// way. Assumes pods carry an owner reference, or match the selector and then are adopted. Guarantees: never deletes a
// pod that it does not control; creates in growing batches, so that what is bound to fail fails once, not 500 times.

import { type ReplicaSet, ReplicaSet as ReplicaSetKind, type ReplicaSetStatus } from '#api/apps/replica-set.ts'
import { findCondition } from '#api/conditions.ts'
import { type Pod, Pod as PodKind } from '#api/core/pod.ts'
import type { AnyKind, ObjectOf } from '#api/kind.ts'
import { parsedSelector } from '#api/labels.ts'
import { isNotFound, StatusError } from '#api/status-error.ts'
import { type Controller, type ControllerContext, controller, trigger } from '#client/controller.ts'
import { formatTime } from '#lib/clock.ts'
import { errorText } from '#lib/log.ts'
import { withCondition, withoutCondition } from './conditions.ts'
import { isEqual } from './equal.ts'
import { claims, controllerOf, controllerReference, isOfKind, refTo, settleClaims } from './owners.ts'
import { availableAtMs, byName, isActive, isReady, isTerminal, orphanPods, podsOwnedBy } from './pods.ts'
import { firstToGo } from './scale-down.ts'

export interface Plan {
  readonly create: number
  readonly remove: readonly Pod[]
}

/** At most this many pods are created or deleted in one go. */
export const burst = 500

/** `pods` are those that the set controls; `related` those of all sets of the same owner, for spreading. */
export function plan(set: ReplicaSet, pods: readonly Pod[], related: () => readonly Pod[], nowMs: number): Plan {
  if (set.metadata.deletionTimestamp !== undefined) return { create: 0, remove: [] }
  const active = pods.filter(isActive)
  const surplus = active.length - (set.spec.replicas ?? 1)
  if (surplus < 0) return { create: Math.min(-surplus, burst), remove: [] }
  return { create: 0, remove: surplus === 0 ? [] : firstToGo(active, related(), Math.min(surplus, burst), nowMs) }
}

/** The status that the pods show, and when it will change by the mere passing of time. */
export function statusOf(
  set: ReplicaSet,
  pods: readonly Pod[],
  failure: { readonly reason: 'FailedCreate' | 'FailedDelete'; readonly message: string } | undefined,
  nowMs: number,
): { readonly status: ReplicaSetStatus; readonly againAtMs: number | undefined } {
  const active = pods.filter(isActive)
  const templateLabels = Object.entries(set.spec.template.metadata.labels ?? {})
  const isFullyLabeled = ({ metadata }: Pod) => templateLabels.every(([key, value]) => metadata.labels?.[key] === value)
  const times = active.map((pod) => availableAtMs(pod, set.spec.minReadySeconds ?? 0))
  const later = times.filter((time): time is number => time !== undefined && time > nowMs)
  const terminating = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isTerminal(pod))
  const conditions = conditionsOf(set, failure, nowMs)
  return {
    status: {
      replicas: active.length,
      ...positive('fullyLabeledReplicas', active.filter(isFullyLabeled).length),
      ...positive('readyReplicas', active.filter(isReady).length),
      ...positive('availableReplicas', times.filter((time) => time !== undefined && time <= nowMs).length),
      terminatingReplicas: terminating.length,
      ...positive('observedGeneration', set.metadata.generation ?? 0),
      ...(conditions.length > 0 ? { conditions: [...conditions] } : {}),
    },
    againAtMs: later.length > 0 ? Math.min(...later) : undefined,
  }
}

/** Zeroes are left out, as the server leaves them out. */
const positive = <N extends string>(name: N, value: number): { readonly [K in N]?: number } =>
  value > 0 ? ({ [name]: value } as { [K in N]: number }) : {}

function conditionsOf(
  { status }: ReplicaSet,
  failure: { readonly reason: string; readonly message: string } | undefined,
  nowMs: number,
) {
  const old = status.conditions ?? []
  if (!failure) return withoutCondition(old, 'ReplicaFailure')
  if (findCondition(old, 'ReplicaFailure')) return old
  return withCondition(old, {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(nowMs),
    ...failure,
  })
}

/** A kind whose objects are kept as ReplicaSets are. */
export interface Replicas<K extends AnyKind> {
  /** Of the controller, and of its account. */
  readonly name: string
  readonly kind: K
  /** The same object looked at as a ReplicaSet: the same view of the same object each time. */
  readonly view: (object: ObjectOf<K>) => ReplicaSet
  readonly statusOf: (status: ReplicaSetStatus) => ObjectOf<K>['status']
}

export const replicas = <K extends AnyKind>({ name, kind, view, statusOf: toStatus }: Replicas<K>): Controller =>
  controller({
    name,
    account: name,
    reconciles: kind,
    owns: [PodKind],
    triggers: [
      // A pod that nobody controls wakes the sets that could adopt it.
      trigger(PodKind, (pod, old, { informers }) => {
        if (!pod || controllerOf(pod)) return []
        if (old && !controllerOf(old) && isEqual(old.metadata.labels, pod.metadata.labels)) return []
        const sets = informers.of(kind).list(pod.metadata.namespace).map(view)
        return sets.filter((set) => parsedSelector(set.spec.selector).matches(pod.metadata.labels)).map(refTo)
      }),
    ],
    async reconcile({ namespace, name }, context) {
      const { client, informers, clock } = context
      const object = informers.of(kind).get(namespace, name)
      if (!object) return
      const set = view(object)
      const candidates = [...podsOwnedBy(informers, set.metadata.uid ?? ''), ...orphanPods(informers, namespace)]
      const claimed = claims(set, parsedSelector(set.spec.selector), candidates.sort(byName))
      if (await settleClaims(client, kind, object, PodKind, claimed)) return
      const pods = claimed.mine
      const { create, remove } = plan(set, pods, () => relatedPods(set, pods, context), clock.now())
      const failed = create > 0 ? await createPods(kind, set, create, context) : await deletePods(set, remove, context)
      const reason = create > 0 ? 'FailedCreate' : 'FailedDelete'
      const failure = failed === undefined ? undefined : ({ reason, message: errorText(failed) } as const)
      const found = statusOf(set, pods, failure, clock.now())
      const status = toStatus(found.status)
      if (!isEqual(status, object.status)) await client.updateStatus(kind, { ...object, status })
      if (failed !== undefined) throw failed
      if (found.againAtMs !== undefined) return { againAfterMs: found.againAtMs - clock.now() }
      return
    },
  })

export const replicaSet = replicas({
  name: 'replicaset-controller',
  kind: ReplicaSetKind,
  view: (set) => set,
  statusOf: (status) => status,
})

/** The pods of all sets of the same Deployment: a node that holds several of them is thinned out first. */
function relatedPods(set: ReplicaSet, own: readonly Pod[], { informers }: ControllerContext): readonly Pod[] {
  const owner = controllerOf(set)
  if (!owner) return own
  const siblings = setsByOwner(informers, owner.uid)
  return siblings.flatMap(({ metadata }) => podsOwnedBy(informers, metadata.uid ?? ''))
}

/** ReplicaSets by their controlling owner's UID. */
export function setsByOwner(informers: ControllerContext['informers'], uid: string): readonly ReplicaSet[] {
  const sets = informers.of(ReplicaSetKind)
  sets.addIndex('owner', (set) => [controllerOf(set)?.uid ?? `orphans/${set.metadata.namespace ?? ''}`])
  return sets.byIndex('owner', uid)
}

/** The set that controls a pod, if one does. */
export const setOf = (pod: Pod): string | undefined => {
  const owner = controllerOf(pod)
  return owner && isOfKind(owner, ReplicaSetKind) ? owner.name : undefined
}

/** One, two, four, ... at a time, until one fails. Returns the first failure. */
async function createPods(kind: AnyKind, set: ReplicaSet, count: number, context: ControllerContext): Promise<unknown> {
  let left = count
  for (let size = 1; left > 0; size *= 2) {
    const batch = Math.min(size, left)
    const results = await Promise.allSettled(Array.from({ length: batch }, () => createPod(kind, set, context)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) return isNamespaceLeaving(failed.reason) ? undefined : failed.reason
    left -= batch
  }
  return undefined
}

async function createPod(kind: AnyKind, set: ReplicaSet, { client, events }: ControllerContext): Promise<void> {
  const { metadata, spec } = set.spec.template
  try {
    const pod = await client.create(PodKind, {
      metadata: {
        generateName: `${set.metadata.name}-`,
        namespace: set.metadata.namespace,
        labels: metadata.labels,
        annotations: metadata.annotations,
        finalizers: metadata.finalizers,
        ownerReferences: [controllerReference(kind, set)],
      },
      spec,
    })
    events.record(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  } catch (error) {
    if (!isNamespaceLeaving(error)) events.record(set, 'Warning', 'FailedCreate', `Error creating: ${errorText(error)}`)
    throw error
  }
}

/** Not a failure: everything in the namespace is about to go. */
export const isNamespaceLeaving = (error: unknown): boolean =>
  error instanceof StatusError && (error.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')

async function deletePods(
  set: ReplicaSet,
  pods: readonly Pod[],
  { client, events }: ControllerContext,
): Promise<unknown> {
  const results = await Promise.allSettled(
    pods.map(async (pod) => {
      try {
        await client.delete(PodKind, refTo(pod), { uid: pod.metadata.uid })
        events.record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
      } catch (error) {
        if (isNotFound(error)) return
        events.record(set, 'Warning', 'FailedDelete', `Error deleting: ${errorText(error)}`)
        throw error
      }
    }),
  )
  return results.find((result) => result.status === 'rejected')?.reason
}
