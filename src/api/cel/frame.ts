// What a compiled expression is while it runs: a closure over a frame, which holds the values of variables and locals
// and counts what has been spent.

import { CelError, costExceeded, type Value } from './values.ts'

/** What one run works on. */
export interface Frame {
  readonly variables: Readonly<Record<string, unknown>>
  readonly slots: (Value | undefined)[]
  cost: number
  readonly limit: number
}

export type Run = (frame: Frame) => Value

export function charge(frame: Frame, cost: number): void {
  frame.cost += cost
  if (frame.cost > frame.limit) throw costExceeded()
}

/** The error, unless it ends everything. */
export function caught(error: unknown): CelError {
  if (error instanceof CelError && !error.fatal) return error
  throw error
}
