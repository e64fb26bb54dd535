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
/** Between two looks at the clock, and two turns for others. */
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
export function inOrderOfInterest<T>(pods: readonly (readonly [pod: T, owner: string | undefined])[]): readonly T[] {
  const seen = new Set<string>()
  const alike: T[] = []
  const first: T[] = []
  for (const [pod, owner] of pods) {
    if (owner !== undefined && seen.has(owner)) alike.push(pod)
    else first.push(pod)
    if (owner !== undefined) seen.add(owner)
  }
  return [...first, ...alike]
}

const ownerOf = ({ metadata }: Pod): string | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller)?.uid

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

/** Calls `look` for each, in small steps, until the time is over. */
async function inSteps(
  pods: readonly StoredObject[],
  { clock, untilMs }: { readonly clock: Clock; readonly untilMs: number },
  look: (pod: Pod, stored: StoredObject) => void,
): Promise<void> {
  for (let at = 0; at < pods.length; at += podsAtOnce) {
    if (at > 0) {
      if (clock.monotonic() > untilMs) return
      await settle()
    }
    // Decoded one by one and let go of again: a namespace may hold more pods than fit into the memory at once.
    for (const stored of pods.slice(at, at + podsAtOnce)) look(objectOf(stored) as Pod, stored)
  }
}

export async function existingPodsWarnings(existing: ExistingPods, clock: Clock): Promise<readonly string[]> {
  const { enforced, exemptRuntimeClasses } = existing
  const startMs = clock.monotonic()
  let { pods } = existing
  if (pods.length > maxPods) {
    const owned: [StoredObject, string | undefined][] = []
    await inSteps(pods, { clock, untilMs: startMs + maxMs / 2 }, (pod, stored) => owned.push([stored, ownerOf(pod)]))
    pods = inOrderOfInterest(owned).slice(0, maxPods)
  }
  const byReason = new Map<string, Offenders>()
  let checked = 0
  let exempt = 0
  await inSteps(pods, { clock, untilMs: startMs + maxMs }, ({ metadata, spec }) => {
    if (exemptRuntimeClasses.has(spec.runtimeClassName ?? '')) {
      exempt++
      return
    }
    checked++
    const { name = '', annotations = {} } = metadata
    const found = violations(enforced, { annotations, spec })
    if (found.length === 0) return
    const reason = reasons(found)
    const before = byReason.get(reason)
    const first = before && before.first < name ? before.first : name
    byReason.set(reason, { first, count: (before?.count ?? 0) + 1 })
  })
  return warningsFor(existing, byReason, checked, existing.pods.length - exempt)
}
