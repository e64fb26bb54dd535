// A Deployment's status: counts and the conditions Available, Progressing and ReplicaFailure. `kubectl rollout
// status` and many tools read the reasons and messages, which are upstream's.

import type { Deployment } from '#api/apps/deployment.ts'
import type { DeploymentCondition, DeploymentStatus } from '#api/apps/deployment-types.ts'
import type { ReplicaSet } from '#api/apps/replica-set.ts'
import { findCondition } from '#api/conditions.ts'
import { formatTime } from '#lib/clock.ts'
import { withCondition, withoutCondition } from './conditions.ts'
import { limitsOf, wantedReplicas } from './deployment-rollout.ts'

type Conditions = readonly DeploymentCondition[]

/** No deadline is said by leaving it out or by the largest number. */
export const hasDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2 ** 31 - 1

export const progressing = (
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition => conditionNow('Progressing', status, reason, message, nowMs)

function conditionNow(
  type: string,
  status: string,
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition {
  const time = formatTime(nowMs)
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message }
}

const total = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((sum, set) => sum + (of(set) ?? 0), 0)

const positive = <N extends string>(name: N, value: number): { readonly [K in N]?: number } =>
  value > 0 ? ({ [name]: value } as { [K in N]: number }) : {}

/** The counts, and whether enough is available. */
export function countsOf(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  conditions: Conditions,
  nowMs: number,
): DeploymentStatus {
  const available = total(sets, ({ status }) => status.availableReplicas)
  const wanted = total(sets, ({ spec }) => spec.replicas)
  const terminating = sets.every(({ status }) => status.terminatingReplicas !== undefined)
    ? { terminatingReplicas: total(sets, ({ status }) => status.terminatingReplicas) }
    : {}
  const enough = available >= wantedReplicas(deployment) - limitsOf(deployment).unavailable
  const availability = enough
    ? conditionNow('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
    : conditionNow(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        nowMs,
      )
  const { collisionCount } = deployment.status
  return {
    ...positive('observedGeneration', deployment.metadata.generation ?? 0),
    ...positive(
      'replicas',
      total(sets, ({ status }) => status.replicas),
    ),
    ...positive('updatedReplicas', newSet?.status.replicas ?? 0),
    ...positive(
      'readyReplicas',
      total(sets, ({ status }) => status.readyReplicas),
    ),
    ...positive('availableReplicas', available),
    ...positive('unavailableReplicas', wanted - available),
    ...terminating,
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: [...withCondition(conditions, availability)],
  }
}

export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean => {
  const wanted = wantedReplicas(deployment)
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

function hasProgressed({ status: old }: Deployment, next: DeploymentStatus): boolean {
  const outdated = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) => replicas - updatedReplicas
  return (
    (next.updatedReplicas ?? 0) > (old.updatedReplicas ?? 0) ||
    outdated(next) < outdated(old) ||
    (next.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  )
}

/** When a rollout that makes no progress counts as failed; undefined while that cannot happen. */
export function deadlineMs(deployment: Deployment, { conditions }: DeploymentStatus): number | undefined {
  const condition = findCondition(conditions, 'Progressing')
  if (!hasDeadline(deployment) || !condition?.lastUpdateTime) return undefined
  if (condition.reason === 'NewReplicaSetAvailable' || condition.reason === 'ProgressDeadlineExceeded') return undefined
  return Date.parse(condition.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000
}

/** The status of a Deployment that is rolling out. */
export function rolloutStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  before: Conditions,
  nowMs: number,
): DeploymentStatus {
  const status = countsOf(deployment, sets, newSet, before, nowMs)
  let conditions: Conditions = status.conditions ?? []
  const current = findCondition(conditions, 'Progressing')
  if (!hasDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing')
  const wasComplete =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
  if (hasDeadline(deployment) && !wasComplete) {
    const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`
    if (isComplete(deployment, status)) {
      const text = `${subject} has successfully progressed.`
      conditions = withCondition(conditions, progressing('True', 'NewReplicaSetAvailable', text, nowMs))
    } else if (hasProgressed(deployment, status)) {
      const next = progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`, nowMs)
      // Its update time moves with every bit of progress: the deadline counts from there.
      const since = current?.status === 'True' ? { lastTransitionTime: current.lastTransitionTime } : {}
      conditions = [...withoutCondition(conditions, 'Progressing'), { ...next, ...since }]
    } else if (hasTimedOut(deployment, status, nowMs)) {
      const text = `${subject} has timed out progressing.`
      conditions = withCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', text, nowMs))
    }
  }
  const failure = replicaFailure(sets, newSet)
  conditions = failure ? withCondition(conditions, failure) : withoutCondition(conditions, 'ReplicaFailure')
  return { ...status, conditions: [...conditions] }
}

function hasTimedOut(deployment: Deployment, status: DeploymentStatus, nowMs: number): boolean {
  const atMs = deadlineMs(deployment, status)
  return atMs !== undefined && atMs < nowMs
}

/** Of the newest set first: it is the one that matters. */
function replicaFailure(sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): DeploymentCondition | undefined {
  for (const set of newSet ? [newSet, ...sets] : sets) {
    const condition = findCondition(set.status.conditions, 'ReplicaFailure')
    if (condition) return { ...condition, lastUpdateTime: condition.lastTransitionTime }
  }
  return undefined
}

/** What pausing and resuming leave in the conditions, so that a pause does not run into the deadline. */
export function pauseConditions(deployment: Deployment, nowMs: number): Conditions {
  const conditions = deployment.status.conditions ?? []
  if (!hasDeadline(deployment)) return conditions
  const current = findCondition(conditions, 'Progressing')
  if (current?.reason === 'ProgressDeadlineExceeded') return conditions
  const isPaused = current?.reason === 'DeploymentPaused'
  if (deployment.spec.paused && !isPaused)
    return withCondition(conditions, progressing('Unknown', 'DeploymentPaused', 'Deployment is paused', nowMs))
  if (!deployment.spec.paused && isPaused)
    return withCondition(conditions, progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed', nowMs))
  return conditions
}
