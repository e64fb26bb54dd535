// What has to be done for a Deployment now, and what its status says: decided from the Deployment and the ReplicaSets
// that it controls, and nothing else.

import type { Deployment } from '#api/apps/deployment.ts'
import type { DeploymentStatus } from '#api/apps/deployment-types.ts'
import type { ReplicaSet } from '#api/apps/replica-set.ts'
import { findCondition } from '#api/conditions.ts'
import { withCondition } from './conditions.ts'
import {
  annotationsFor,
  byAge,
  desiredAnnotation,
  findNewSet,
  maxAnnotation,
  newestRevision,
  newSet,
  revisionAnnotation,
  revisionOf,
} from './deployment-revision.ts'
import {
  isScaling,
  mostReplicas,
  newSetSize,
  recreate,
  roll,
  type Sets,
  type Sized,
  scale,
  wantedReplicas,
} from './deployment-rollout.ts'
import { countsOf, hasDeadline, isComplete, pauseConditions, progressing, rolloutStatus } from './deployment-status.ts'
import { isEqual } from './equal.ts'

export type SetDraft = ReturnType<typeof newSet>

export type Action =
  | { readonly do: 'create'; readonly set: SetDraft; readonly replicas: number }
  | {
      readonly do: 'update'
      readonly set: ReplicaSet
      readonly replicas: number
      readonly annotations: Annotations
      readonly minReadySeconds: number
    }
  | { readonly do: 'delete'; readonly set: ReplicaSet }

type Annotations = Readonly<Record<string, string>>

export interface Plan {
  readonly actions: readonly Action[]
  readonly status: DeploymentStatus
  /** The revision that the Deployment itself is to show; undefined: as it is. */
  readonly revision: string | undefined
}

/** `sets` are those that the Deployment controls; `oldPodsRun` says whether any pod of an outdated set is left. */
export function plan(deployment: Deployment, sets: readonly ReplicaSet[], oldPodsRun: boolean, nowMs: number): Plan {
  const found = findNewSet(deployment, sets)
  const old = sets.filter((set) => set !== found)
  const revision = newestRevision(old) + 1
  const sized: Sets = { next: found && asSized(found), old: old.map(asSized) }
  const conditions = pauseConditions(deployment, nowMs)

  const isLeaving = deployment.metadata.deletionTimestamp !== undefined
  const onlySizes = !isLeaving && (deployment.spec.paused === true || isScaling(deployment, sized))
  let create: Action[] = []
  if (onlySizes) scale(deployment, sized)
  else if (!isLeaving) create = rollOut(deployment, sized, revision, oldPodsRun)

  const noted = found && hasDeadline(deployment) && !isLeaving && !findCondition(conditions, 'Progressing')
  const before = noted
    ? withCondition(
        conditions,
        progressing('True', 'FoundNewReplicaSet', `Found new replica set "${found.metadata.name}"`, nowMs),
      )
    : conditions
  const status =
    isLeaving || onlySizes
      ? countsOf(deployment, sets, found, before, nowMs)
      : rolloutStatus(deployment, sets, found, before, nowMs)

  const mayForget = isLeaving
    ? false
    : deployment.spec.paused || (!onlySizes && isComplete(deployment, deployment.status))
  return {
    actions: [
      ...create,
      ...[...(sized.next ? [sized.next] : []), ...sized.old].flatMap((each) =>
        isLeaving ? [] : updateOf(deployment, each, each === sized.next ? revision : undefined),
      ),
      ...(mayForget ? forgotten(deployment, old) : []),
    ],
    status,
    revision: isLeaving
      ? undefined
      : shownRevision(deployment, found, create.length > 0 ? revision : undefined, revision),
  }
}

const asSized = (set: ReplicaSet): Sized => ({ set, replicas: set.spec.replicas ?? 1 })

function rollOut(deployment: Deployment, sets: Sets, revision: number, oldPodsRun: boolean): Action[] {
  if (deployment.spec.strategy.type === 'Recreate' && !recreate(deployment, sets, oldPodsRun)) return []
  if (sets.next) {
    if (deployment.spec.strategy.type !== 'Recreate') roll(deployment, sets)
    return []
  }
  const set = newSet(deployment, revision)
  const replicas = newSetSize(deployment, sets)
  // Old sets may shrink in the same step; the new one counts with the size that it is about to have.
  const next: Sized = { set: { ...set, status: { replicas: 0 } } as unknown as ReplicaSet, replicas }
  if (deployment.spec.strategy.type !== 'Recreate') roll(deployment, { next, old: sets.old })
  return [{ do: 'create', set, replicas }]
}

function updateOf(deployment: Deployment, { set, replicas, resized }: Sized, revision: number | undefined): Action[] {
  const old = set.metadata.annotations ?? {}
  const isNext = revision !== undefined
  const annotations = { ...(isNext ? annotationsFor(deployment, old, revision) : old) }
  if (resized) Object.assign(annotations, sizeAnnotations(deployment))
  const minReadySeconds = (isNext ? deployment.spec.minReadySeconds : set.spec.minReadySeconds) ?? 0
  const isSame = replicas === (set.spec.replicas ?? 1) && minReadySeconds === (set.spec.minReadySeconds ?? 0)
  return isSame && isEqual(annotations, old) ? [] : [{ do: 'update', set, replicas, annotations, minReadySeconds }]
}

export const sizeAnnotations = (deployment: Deployment): Annotations => ({
  [desiredAnnotation]: String(wantedReplicas(deployment)),
  [maxAnnotation]: String(mostReplicas(deployment)),
})

/** The Deployment shows the revision of its newest set, which is kept when an old template comes back. */
function shownRevision(
  { metadata }: Deployment,
  found: ReplicaSet | undefined,
  created: number | undefined,
  revision: number,
): string | undefined {
  if (!found && created === undefined) return undefined
  const shown = String(found ? Math.max(revisionOf(found), revision) : created)
  return metadata.annotations?.[revisionAnnotation] === shown ? undefined : shown
}

/** Sets beyond the history's limit, oldest revision first; never one that still has pods. */
function forgotten(deployment: Deployment, old: readonly ReplicaSet[]): Action[] {
  const limit = deployment.spec.revisionHistoryLimit
  if (limit === undefined || limit === 2 ** 31 - 1) return []
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const surplus = alive.length - limit
  if (surplus <= 0) return []
  return alive
    .sort((a, b) => revisionOf(a) - revisionOf(b) || byAge(a, b))
    .slice(0, surplus)
    .filter(
      ({ metadata, spec, status }) =>
        (status.replicas ?? 0) === 0 &&
        (spec.replicas ?? 1) === 0 &&
        (metadata.generation ?? 0) <= (status.observedGeneration ?? 0),
    )
    .map((set) => ({ do: 'delete', set }))
}
