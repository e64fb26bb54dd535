// What the conditions of a status say: a list with one of each type, or none yet.

interface AnyCondition {
  readonly type: string
  readonly status: string
}

export const findCondition = <C extends AnyCondition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined => conditions?.find((condition) => condition.type === type)

export const isConditionTrue = (conditions: readonly AnyCondition[] | undefined, type: string): boolean =>
  conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
