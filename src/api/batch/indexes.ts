// Sets of indexes of a job as its status and its success policy write them: `1,3-5,7`, in rising order.

export class IndexesError extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'IndexesError'
  }
}

/** From the first to the last, both included. */
export type Interval = readonly [first: number, last: number]

const outOfOrder = (previous: number, current: number): IndexesError =>
  new IndexesError(`non-increasing order, previous: ${previous}, current: ${current}`)

function parseIndex(text: string, completions: number): number {
  if (!/^[-+]?[0-9]+$/.test(text)) {
    throw new IndexesError(`cannot convert string to integer for index: ${JSON.stringify(text)}`)
  }
  const index = Number(text)
  if (index >= completions) throw new IndexesError(`too large index: ${JSON.stringify(text)}`)
  return index
}

function parseInterval(text: string, completions: number): Interval {
  const [first = '', last, ...more] = text.split('-')
  if (more.length > 0) {
    const most = 'violates the requirement that an index interval can have at most two parts separated by'
    throw new IndexesError(`the fragment ${JSON.stringify(text)} ${most} '-'`)
  }
  const start = parseIndex(first, completions)
  if (last === undefined) return [start, start]
  const end = parseIndex(last, completions)
  if (start >= end) throw outOfOrder(start, end)
  return [start, end]
}

/** Throws an IndexesError in upstream's words. */
export function parseIndexes(text: string, completions: number): readonly Interval[] {
  if (text === '') return []
  const intervals: Interval[] = []
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    const previous = intervals.at(-1)?.[1]
    if (previous !== undefined && previous >= interval[0]) throw outOfOrder(previous, interval[0])
    intervals.push(interval)
  }
  return intervals
}

export const countIndexes = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0)

/** The first index that is in both. */
export function commonIndex(a: readonly Interval[], b: readonly Interval[]): number | undefined {
  for (const [first, last] of a) {
    const other = b.find(([start, end]) => first <= end && start <= last)
    if (other) return Math.max(first, other[0])
  }
  return undefined
}
