// Conditions of a status: a list with one entry per type, whose transition time moves only with its status.

interface AnyCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly lastTransitionTime?: string | undefined
}

export const findCondition = <C extends AnyCondition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined => conditions?.find((condition) => condition.type === type)

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
