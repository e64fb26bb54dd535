// Pods that are there already are not touched when their namespace becomes stricter; whoever makes it so is told which
// of them would not be let in any more. So many pods are looked at, and for so long, as upstream does.

import type { Pod } from '#api/core/pod.ts'
import { type Clock, settle } from '#lib/clock.ts'
import type { StoredObject } from '#store/store.ts'
import { objectOf } from '../../stored.ts'
import { reasons, violations } from './checks.ts'
import { formatPolicy, type LevelVersion } from './policy.ts'

const maxPods = 3000
const maxMs = 1000
/** Between two looks at the clock, and two chances for others. */
const podsAtOnce = 100

export interface ExistingPods {
  readonly namespace: string
  /** In order of their names. */
  readonly pods: readonly StoredObject[]
  readonly enforced: LevelVersion
  readonly exemptRuntimeClasses: ReadonlySet<string>
}

interface Offenders {
  readonly first: string
  readonly count: number
}

/** One of each controller's pods first, since they are all alike. */
export function inOrderOfInterest(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Set<string | undefined>()
  const others: Pod[] = []
  const first = pods.filter((pod) => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)
    if (!owner) return true
    if (!seen.has(owner.uid)) return !!seen.add(owner.uid)
    others.push(pod)
    return false
  })
  return [...first, ...others]
}

const others = (count: number): string => {
  if (count === 1) return ''
  return count === 2 ? ' (and 1 other pod)' : ` (and ${count - 1} other pods)`
}

export function warningsFor(
  { namespace, enforced }: Pick<ExistingPods, 'namespace' | 'enforced'>,
  byReason: ReadonlyMap<string, Offenders>,
  checked: number,
  total: number,
): readonly string[] {
  const told = [...byReason].map(([reason, { first, count }]) => `${first}${others(count)}: ${reason}`).sort()
  return [
    ...(checked < total
      ? [`new PodSecurity enforce level only checked against the first ${checked} of ${total} existing pods`]
      : []),
    ...(told.length > 0
      ? [
          `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${formatPolicy(enforced)}"`,
        ]
      : []),
    ...told,
  ]
}

export async function existingPodsWarnings(existing: ExistingPods, clock: Clock): Promise<readonly string[]> {
  const { enforced, exemptRuntimeClasses } = existing
  const pods = inOrderOfInterest(
    existing.pods
      .map((stored) => objectOf(stored) as Pod)
      .filter(({ spec }) => !exemptRuntimeClasses.has(spec.runtimeClassName ?? '')),
  )
  const byReason = new Map<string, Offenders>()
  const untilMs = clock.monotonic() + maxMs
  let checked = 0
  for (const pod of pods.slice(0, maxPods)) {
    if (checked > 0 && checked % podsAtOnce === 0) {
      if (clock.monotonic() > untilMs) break
      await settle()
    }
    checked++
    const { name = '', annotations = {} } = pod.metadata
    const found = violations(enforced, { annotations, spec: pod.spec })
    if (found.length === 0) continue
    const reason = reasons(found)
    const before = byReason.get(reason)
    const first = before && before.first < name ? before.first : name
    byReason.set(reason, { first, count: (before?.count ?? 0) + 1 })
  }
  return warningsFor(existing, byReason, checked, pods.length)
}
