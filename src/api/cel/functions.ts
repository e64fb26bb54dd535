// How functions are declared: by name and signature, with what they do, what a call costs and how that is estimated
// before there are values. A library is a list of such functions.

import { type Signature, signature } from './types.ts'
import { sizeOf, type Value } from './values.ts'

/** How large a value may be, as the cost model counts: items, entries, characters, bytes. */
export interface Range {
  readonly min: number
  readonly max: number
}

export interface CallEstimate {
  readonly cost: Range
  readonly size?: Range
}

/** Sizes of the arguments, the receiver first; of the items of the first, if it is a list. */
export type EstimateCall = (sizes: readonly Range[], items: Range | undefined) => CallEstimate

export interface Overload extends Signature {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: each function knows its own arguments; the checker vouches for them
  readonly run: (...args: any[]) => Value
  /** What a call costs; 1 unless given. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly cost: ((result: Value, ...args: any[]) => number) | undefined
  readonly estimate: EstimateCall | undefined
}

export interface Costs {
  readonly cost?: Overload['cost']
  readonly estimate?: EstimateCall
}

export const fn = (name: string, text: string, run: Overload['run'], { cost, estimate }: Costs = {}): Overload => ({
  name,
  ...signature(text),
  run,
  cost,
  estimate,
})

/** Several signatures of one function. */
export const fns = (name: string, texts: readonly string[], run: Overload['run'], costs: Costs = {}): Overload[] =>
  texts.map((text) => fn(name, text, run, costs))

export const traversalFactor = 0.1
export const regexFactor = 0.25

export const times = ({ min, max }: Range, factor: number): Range => ({
  min: Math.ceil(min * factor),
  max: Math.ceil(max * factor),
})
export const plus = (a: Range, b: Range): Range => ({ min: a.min + b.min, max: a.max + b.max })
/** Nothing times what is unknown is nothing. */
export const product = (a: Range, b: Range): Range => ({
  min: a.min === 0 || b.min === 0 ? 0 : a.min * b.min,
  max: a.max === 0 || b.max === 0 ? 0 : a.max * b.max,
})
export const union = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) })
export const exactly = (size: number): Range => ({ min: size, max: size })
export const unknownSize: Range = { min: 0, max: Number.POSITIVE_INFINITY }

/** Goes over the first argument once, or `passes` times. */
export const overFirst = (passes = 1, keepsSize = false): Costs => ({
  cost: (_, first) => Math.ceil(sizeOf(first) * passes * traversalFactor),
  estimate: ([first = unknownSize]) => ({
    cost: times(first, passes * traversalFactor),
    ...(keepsSize ? { size: first } : {}),
  }),
})

/** A regular expression, on the first argument by the second. */
export const byRegex: Costs = {
  cost: (_, text, pattern) =>
    Math.ceil((1 + sizeOf(text)) * traversalFactor) * Math.ceil(sizeOf(pattern) * regexFactor),
  estimate: ([text = unknownSize, pattern = unknownSize]) => ({
    cost: product(times(plus(text, exactly(1)), traversalFactor), times(pattern, regexFactor)),
    size: { min: 0, max: text.max },
  }),
}

export const fixedCost = (cost: number): Costs => ({
  cost: () => cost,
  estimate: () => ({ cost: exactly(cost) }),
})
