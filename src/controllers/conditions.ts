// Changes of a status' conditions: the transition time of each moves only with its status.

import { findCondition } from '#api/conditions.ts'

interface AnyCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly lastTransitionTime?: string | undefined
}

/** `next` replaces the condition of its type. The same status and reason change nothing, as upstream has it for
 *  workloads; the same status keeps its transition time. */
export function withCondition<C extends AnyCondition>(conditions: readonly C[], next: C): readonly C[] {
  const old = findCondition(conditions, next.type)
  if (old && old.status === next.status && old.reason === next.reason) return conditions
  const kept = old && old.status === next.status ? { ...next, lastTransitionTime: old.lastTransitionTime } : next
  return [...withoutCondition(conditions, next.type), kept]
}

export const withoutCondition = <C extends AnyCondition>(conditions: readonly C[], type: string): readonly C[] =>
  conditions.filter((condition) => condition.type !== type)
