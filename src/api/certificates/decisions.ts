// The conditions of a certificate request: those who sign may add their own to a status, and leave those of others, who
// approve or deny, as they are. Times that are left out are when the server heard of the condition.

import { formatTime } from '#lib/clock.ts'

interface Condition {
  readonly type: string
  readonly status?: string | undefined
  readonly lastUpdateTime?: string | undefined
  readonly lastTransitionTime?: string | undefined
}

/** What only the subresource `approval` may change. */
export const approvals = ['Approved', 'Denied'] as const

export function timed<C extends Condition>(next: readonly C[], old: readonly C[], nowMs: number): C[] {
  return next.map((condition) => {
    const before = old.find(({ type }) => type === condition.type)
    const unchanged = before?.status === condition.status ? before?.lastTransitionTime : undefined
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? formatTime(nowMs),
      lastTransitionTime: condition.lastTransitionTime ?? unchanged ?? formatTime(nowMs),
    }
  })
}

/** Approvals as they were, as long as there are as many: what is added or taken away is refused later. */
export function withOldApprovals<C extends Condition>(next: readonly C[], old: readonly C[]): C[] {
  return next.map((condition) => {
    const { type } = condition
    if (!(approvals as readonly string[]).includes(type)) return condition
    const same = (all: readonly C[]): number => all.filter((each) => each.type === type).length
    const before = old.find((each) => each.type === type)
    return before && same(next) === same(old) ? before : condition
  })
}
