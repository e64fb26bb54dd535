// How large each ReplicaSet of a Deployment should be next: rolling update, recreation, and scaling in proportion
// while a rollout is under way. Pure: sets go in, sizes come out. The rules are upstream's, to the rounding.

import type { Deployment } from '#api/apps/deployment.ts'
import type { ReplicaSet } from '#api/apps/replica-set.ts'
import { scaledValue } from '#api/int-or-string.ts'
import { byAge, desiredAnnotation, maxAnnotation } from './deployment-revision.ts'

/** A set and the size that it will have; `replicas` is changed while planning. */
export interface Sized {
  readonly set: ReplicaSet
  replicas: number
  /** The annotations about sizes are to be written as well. */
  resized?: boolean
}

export interface Sets {
  readonly next: Sized | undefined
  readonly old: readonly Sized[]
}

export const wantedReplicas = ({ spec }: Deployment): number => spec.replicas ?? 1

interface Limits {
  readonly surge: number
  readonly unavailable: number
}

/** Percentages in numbers: surge rounds up, unavailable down, and they are never both zero. */
export function limitsOf(deployment: Deployment): Limits {
  const { strategy } = deployment.spec
  if (strategy.type === 'Recreate') return { surge: 0, unavailable: 0 }
  const wanted = wantedReplicas(deployment)
  const surge = scaledValue(strategy.rollingUpdate?.maxSurge ?? '25%', wanted, 'up')
  const unavailable = scaledValue(strategy.rollingUpdate?.maxUnavailable ?? '25%', wanted, 'down')
  return { surge, unavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, wanted) }
}

/** The largest number of pods that a rollout may have at a time; what the annotation on the sets says. */
export const mostReplicas = (deployment: Deployment): number => wantedReplicas(deployment) + limitsOf(deployment).surge

const sum = (sets: readonly Sized[], of: (sized: Sized) => number): number =>
  sets.reduce((total, sized) => total + of(sized), 0)

const size = ({ replicas }: Sized): number => replicas
const available = ({ set }: Sized): number => set.status.availableReplicas ?? 0
const oldestFirst = (a: Sized, b: Sized): number => byAge(a.set, b.set)

function resize(sized: Sized, replicas: number): boolean {
  if (sized.replicas === replicas) return false
  sized.replicas = replicas
  sized.resized = true
  return true
}

/** How far the newest set may grow now. */
export function newSetSize(deployment: Deployment, { next, old }: Sets): number {
  const wanted = wantedReplicas(deployment)
  if (deployment.spec.strategy.type === 'Recreate') return wanted
  const now = next?.replicas ?? 0
  const room = mostReplicas(deployment) - sum(old, size) - now
  return room <= 0 ? now : now + Math.min(room, wanted - now)
}

/** One step of a rolling update: the newest set grows, or else old ones shrink. */
export function roll(deployment: Deployment, sets: Sets): void {
  if (!sets.next) return
  const wanted = wantedReplicas(deployment)
  const { next } = sets
  if (next.replicas !== wanted && resize(next, next.replicas > wanted ? wanted : newSetSize(deployment, sets))) return
  shrinkOld(deployment, next, sets.old)
}

function shrinkOld(deployment: Deployment, next: Sized, sets: readonly Sized[]): void {
  const old = sets.filter(({ replicas }) => replicas > 0).sort(oldestFirst)
  if (old.length === 0) return
  const atLeast = wantedReplicas(deployment) - limitsOf(deployment).unavailable
  // Pods of the newest set that are not available yet may still fail: old ones wait for them.
  const notYet = next.replicas - available(next)
  let room = sum([...old, next], size) - atLeast - notYet
  if (room <= 0) return
  // What does not work is no loss: unhealthy pods go first, whatever the limits say about available ones.
  for (const sized of old) {
    const unhealthy = Math.min(room, sized.replicas - available(sized))
    if (room <= 0) break
    if (unhealthy <= 0) continue
    resize(sized, sized.replicas - unhealthy)
    room -= unhealthy
  }
  let spare = sum([...old, next], available) - atLeast
  for (const sized of old) {
    if (spare <= 0) break
    const less = Math.min(spare, sized.replicas)
    resize(sized, sized.replicas - less)
    spare -= less
  }
}

/** Old sets go to zero, and only when their pods have gone the newest one grows. True: the newest may be created. */
export function recreate(deployment: Deployment, { next, old }: Sets, oldPodsRun: boolean): boolean {
  let shrunk = false
  for (const sized of old) shrunk = resize(sized, 0) || shrunk
  if (shrunk || oldPodsRun) return false
  if (next) resize(next, wantedReplicas(deployment))
  return true
}

/** Was the Deployment scaled since its sets were last sized? Then that comes before the rollout goes on. */
export const isScaling = (deployment: Deployment, { next, old }: Sets): boolean =>
  [...(next ? [next] : []), ...old].some(({ set, replicas }) => {
    const desired = numberOf(set, desiredAnnotation)
    return replicas > 0 && desired !== undefined && desired !== wantedReplicas(deployment)
  })

function numberOf({ metadata }: ReplicaSet, annotation: string): number | undefined {
  const text = metadata.annotations?.[annotation]
  const value = Number(text)
  return text === undefined || !Number.isInteger(value) ? undefined : value
}

/** Gives a new total to the sets: all to the only one, or to each its share, so that a rollout under way keeps its
 *  balance and its risk is spread. */
export function scale(deployment: Deployment, { next, old }: Sets): void {
  const wanted = wantedReplicas(deployment)
  const all = [...old, ...(next ? [next] : [])]
  const active = all.filter(({ replicas }) => replicas > 0)
  if (active.length <= 1) {
    const only = active[0] ?? next ?? [...old].sort(oldestFirst).at(-1)
    // A set that somebody else has sized already still gets its annotations: without them this would never end.
    if (only && !resize(only, wanted)) only.resized = numberOf(only.set, desiredAnnotation) !== wanted
    return
  }
  if (next && isSaturated(deployment, next)) {
    for (const sized of old) resize(sized, 0)
    return
  }
  if (deployment.spec.strategy.type !== 'Recreate') scaleInProportion(deployment, active)
}

const isSaturated = (deployment: Deployment, { set, replicas }: Sized): boolean => {
  const wanted = wantedReplicas(deployment)
  return (
    replicas === wanted && numberOf(set, desiredAnnotation) === wanted && (set.status.availableReplicas ?? 0) === wanted
  )
}

function scaleInProportion(deployment: Deployment, active: readonly Sized[]): void {
  const most = wantedReplicas(deployment) > 0 ? mostReplicas(deployment) : 0
  const toAdd = most - sum(active, size)
  // The largest comes first and gets the rest; of equals the newer when growing, the older when shrinking.
  const largestFirst = [...active].sort(
    (a, b) => b.replicas - a.replicas || (toAdd > 0 ? -oldestFirst(a, b) : oldestFirst(a, b)),
  )
  let added = 0
  const shares = largestFirst.map((sized) => {
    const share = shareOf(deployment, sized, toAdd, added)
    added += share
    return share
  })
  for (const [i, sized] of largestFirst.entries()) {
    const rest = i === 0 && toAdd !== 0 ? toAdd - added : 0
    resize(sized, Math.max(0, sized.replicas + shares[i]! + rest))
    // The annotations follow even where the size stays: they are what the next scaling reckons from.
    sized.resized = true
  }
}

function shareOf(deployment: Deployment, { set, replicas }: Sized, toAdd: number, added: number): number {
  if (replicas === 0 || toAdd === 0 || toAdd === added) return 0
  const left = toAdd - added
  const share = fractionOf(deployment, set, replicas)
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
}

function fractionOf(deployment: Deployment, set: ReplicaSet, replicas: number): number {
  if (wantedReplicas(deployment) === 0) return -replicas
  const before = numberOf(set, maxAnnotation) || (deployment.status.replicas ?? 0)
  if (before === 0) return 0
  return Math.round((replicas * mostReplicas(deployment)) / before) - replicas
}
