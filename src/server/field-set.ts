// Sets of field paths, kept in the very form in which they are written (FieldsV1): an object whose keys are path
// steps (`f:spec`, `k:{"name":"a"}`, `v:"x"`, `i:0`) and whose values are the sets below. An empty object is a path
// that is in the set and has nothing below it; `.` says the same where there is something below. So nothing is
// ever parsed or encoded on the way of a write. Sets are never changed, and what did not change is shared.

import { parseExact } from '#lib/exact-json.ts'

export interface FieldSet {
  readonly [step: string]: FieldSet
}

/** A path that is in the set, with nothing below it. */
export const leaf: FieldSet = Object.freeze({})

const self = '.'

type Draft = Record<string, FieldSet>

const isEmpty = (set: FieldSet): boolean => {
  for (const _ in set) return false
  return true
}

/** Whether the path at which this set stands is itself in the set. */
export const isMember = (set: FieldSet): boolean => set[self] !== undefined || isEmpty(set)

const hasChildren = (set: FieldSet): boolean => {
  for (const step in set) if (step !== self) return true
  return false
}

/** How many steps stand below, the path itself not counted. */
export function countBelow(set: FieldSet | undefined): number {
  let count = 0
  for (const step in set) if (step !== self) count++
  return count
}

/** A set of steps in which children may be put in any order; they are written sorted, as upstream does. */
export class Collector {
  readonly #member: boolean
  readonly #steps: string[] = []
  readonly #sets: FieldSet[] = []

  /** `member`: the path at which the set stands is in it, whatever stands below. */
  constructor(member: boolean) {
    this.#member = member
  }

  put(step: string, below: FieldSet | undefined): void {
    if (below === undefined) return
    this.#steps.push(step)
    this.#sets.push(below)
  }

  /** Undefined where there is nothing in it. */
  done(): FieldSet | undefined {
    const steps = this.#steps
    const sets = this.#sets
    if (steps.length === 0) return this.#member ? leaf : undefined
    sortBoth(steps, sets)
    const out: Draft = this.#member ? { [self]: leaf } : {}
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as string
      // Items that share their keys cannot be told apart, so they are owned together.
      out[step] = i > 0 && step === steps[i - 1] ? leaf : (sets[i] as FieldSet)
    }
    return out
  }
}

/** Nearly always there are few of them, and nearly in order; so each is moved to its place among those before it. */
function sortBoth(steps: string[], sets: FieldSet[]): void {
  for (let i = 1; i < steps.length; i++) {
    const step = steps[i] as string
    if ((steps[i - 1] as string) <= step) continue
    if (steps.length > manySteps) {
      sortMany(steps, sets)
      return
    }
    const set = sets[i] as FieldSet
    let at = i
    for (; at > 0 && (steps[at - 1] as string) > step; at--) {
      steps[at] = steps[at - 1] as string
      sets[at] = sets[at - 1] as FieldSet
    }
    steps[at] = step
    sets[at] = set
  }
}

const manySteps = 50

function sortMany(steps: string[], sets: FieldSet[]): void {
  const both = steps.map((step, i) => ({ step, set: sets[i] as FieldSet }))
  both.sort((a, b) => (a.step < b.step ? -1 : a.step > b.step ? 1 : 0))
  both.forEach(({ step, set }, i) => {
    steps[i] = step
    sets[i] = set
  })
}

const sorted = (set: FieldSet): FieldSet => {
  const out: Draft = {}
  for (const step of Object.keys(set).sort()) out[step] = set[step] as FieldSet
  return out
}

export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (a === b) return a
  const member = isMember(a) || isMember(b)
  let same = member === isMember(a)
  const out: Draft = member ? { [self]: leaf } : {}
  let order = true
  for (const step in a) {
    if (step === self) continue
    const mine = a[step] as FieldSet
    const both = union(mine, b[step]) as FieldSet
    if (both !== mine) same = false
    out[step] = both
  }
  for (const step in b) {
    if (step === self || a[step] !== undefined) continue
    out[step] = b[step] as FieldSet
    same = order = false
  }
  if (same) return a
  if (member && !hasChildren(out)) return leaf
  return order ? out : sorted(out)
}

/** What is in `a` and not in `b`; a path below a member of `b` stays. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return a
  if (a === b) return undefined
  const member = isMember(a) && !isMember(b)
  let same = member === isMember(a)
  const out = new Collector(member)
  for (const step in a) {
    if (step === self) continue
    const mine = a[step] as FieldSet
    const rest = difference(mine, b[step])
    if (rest !== mine) same = false
    out.put(step, rest)
  }
  return same ? a : out.done()
}

export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (a === undefined || b === undefined) return undefined
  if (a === b) return a
  const member = isMember(a) && isMember(b)
  let same = member === isMember(a)
  const out = new Collector(member)
  for (const step in a) {
    if (step === self) continue
    const mine = a[step] as FieldSet
    const other = b[step]
    const both = other && intersection(mine, other)
    if (both !== mine) same = false
    out.put(step, both)
  }
  return same ? a : out.done()
}

export function equals(a: FieldSet | undefined, b: FieldSet | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || isMember(a) !== isMember(b)) return false
  let steps = 0
  for (const step in a) {
    if (step === self) continue
    if (!equals(a[step], b[step])) return false
    steps++
  }
  for (const step in b) if (step !== self) steps--
  return steps === 0
}

export const isSubset = (a: FieldSet | undefined, b: FieldSet | undefined): boolean => difference(a, b) === undefined

/** The set without these steps at its top. */
export function without(set: FieldSet | undefined, drop: (step: string) => boolean): FieldSet | undefined {
  if (set === undefined) return undefined
  let same = true
  const out = new Collector(false)
  for (const step in set) {
    if (drop(step)) same = false
    else out.put(step, set[step])
  }
  return same ? set : out.done()
}

/** Every path in the set, in its order, as upstream writes paths: `.spec.ports[port=80,protocol="TCP"].name`. */
export function* paths(set: FieldSet | undefined, prefix = ''): Generator<string> {
  if (set === undefined) return
  if (prefix !== '' && isMember(set)) yield prefix
  for (const step in set) if (step !== self) yield* paths(set[step], prefix + formatStep(step))
}

export function formatStep(step: string): string {
  const rest = step.slice(2)
  switch (step[0]) {
    case 'f':
      return `.${rest}`
    case 'k': {
      const keys = Object.entries(parseExact(rest) as Record<string, unknown>)
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
    }
    case 'v':
      return `[=${rest}]`
    default:
      return `[${rest}]`
  }
}

/** The step to the item of a keyed list; `keys` must be in the order of their names. */
export const keyStep = (keys: readonly (readonly [string, unknown])[]): string =>
  `k:{${keys.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`

export const valueStep = (value: unknown): string => `v:${JSON.stringify(value)}`

/** A set that came from a client, with its steps in our spelling. Throws where it cannot be one. */
export function canonical(given: unknown, depth = 0): FieldSet {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new TypeError('not a field set')
  if (depth > maxDepth) throw new TypeError('a field set is nested too deep')
  let out: Draft | undefined
  for (const step in given) {
    out ??= {}
    const below = (given as Record<string, unknown>)[step]
    if (step === self) out[self] = leaf
    else out[canonicalStep(step)] = canonical(below, depth + 1)
  }
  if (out === undefined || !hasChildren(out)) return leaf
  return sorted(out)
}

const maxDepth = 200

function canonicalStep(step: string): string {
  const rest = step.slice(2)
  switch (step.slice(0, 2)) {
    case 'f:':
      return step
    case 'v:':
      return valueStep(parseExact(rest))
    case 'i:':
      if (/^-?\d+$/.test(rest)) return step
      break
    case 'k:': {
      const keys = parseExact(rest)
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) break
      return keyStep(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)))
    }
  }
  throw new TypeError(`${JSON.stringify(step)} is not a step of a field path`)
}
