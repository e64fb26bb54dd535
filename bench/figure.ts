// What a bench gives: rows with one number each. The goal of a row, if it has one, stands in goals.ts.

export type Unit = 'ms' | 'us' | 's' | 'MB' | '1/s' | 'pods/s' | '%' | 'x'

export interface Figure {
  /** The row: what was done, and after a colon what was measured. */
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Under which setting, where a row is measured under several; they share the goal. */
  readonly variant?: string
}

export interface Bench {
  readonly name: string
  readonly summary: string
  /** Why it cannot run here; undefined: it can. */
  readonly missing?: () => string | undefined
  readonly run: (report: (figure: Figure) => void) => Promise<void>
}

/** The value that `share` of all values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
