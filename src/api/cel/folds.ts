// Macros that go over the items of a list or the keys of a map: all, exists, map, filter and their kin. They cost what
// upstream's expansion of them would.

import { addEntry, isObject } from './access.ts'
import type { Fold } from './ast.ts'
import { caught, charge, type Frame, type Run } from './frame.ts'
import { addWork, CelError, isMap, List, LiteralMap, type MapValue, noSuchOverload, type Value } from './values.ts'

interface FoldSlots {
  readonly first: number
  readonly second: number | undefined
}

/** Goes over a range; `visit` returns true to end early. */
function iterate(frame: Frame, range: Value, { first, second }: FoldSlots, visit: () => boolean | undefined): void {
  if (range instanceof List) {
    for (let i = 0; i < range.size; i++) {
      if (second === undefined) frame.slots[first] = range.at(i)
      else {
        frame.slots[first] = BigInt(i)
        frame.slots[second] = range.at(i)
      }
      addWork(1)
      if (visit()) return
    }
    return
  }
  if (!isObject(range) || !isMap(range)) throw noSuchOverload()
  for (const key of range.keys()) {
    frame.slots[first] = key
    if (second !== undefined) frame.slots[second] = (range as MapValue).get(key) as Value
    addWork(1)
    if (visit()) return
  }
}

/** What upstream's expansion of each macro costs: to begin, for every item, and for the result. */
export const foldCosts = {
  all: { begin: 1, item: 3 },
  exists: { begin: 1, item: 4 },
  existsOne: { begin: 2, item: 0 },
  map: { begin: 11, item: 12 },
  filter: { begin: 11, item: 13 },
  transformList: { begin: 11, item: 12 },
  transformMap: { begin: 31, item: 3 },
  transformMapEntry: { begin: 31, item: 2 },
} as const

export function foldOf(macro: Fold['macro'], range: Run, slots: FoldSlots, where: Run | undefined, body: Run): Run {
  switch (macro) {
    case 'all':
      return quantifier(range, slots, body, false, foldCosts.all)
    case 'exists':
      return quantifier(range, slots, body, true, foldCosts.exists)
    case 'existsOne':
      return (frame) => {
        const over = range(frame)
        let count = 0
        charge(frame, foldCosts.existsOne.begin)
        iterate(frame, over, slots, () => {
          const holds = truth(body(frame))
          charge(frame, holds ? 2 : 1)
          if (holds) count++
          return false
        })
        return count === 1
      }
    case 'filter':
      return (frame) => {
        const over = range(frame)
        const kept: Value[] = []
        charge(frame, foldCosts.filter.begin)
        iterate(frame, over, slots, () => {
          const item = frame.slots[slots.first] as Value
          const holds = truth(body(frame))
          charge(frame, holds ? foldCosts.filter.item : 1)
          if (holds) kept.push(item)
          return false
        })
        return new List(kept)
      }
    case 'map':
    case 'transformList':
      return (frame) => {
        const over = range(frame)
        const made: Value[] = []
        charge(frame, foldCosts.map.begin)
        transform(frame, over, slots, where, foldCosts.map.item, () => made.push(body(frame)))
        return new List(made)
      }
    case 'transformMap':
    case 'transformMapEntry':
      return (frame) => {
        const over = range(frame)
        const made = new LiteralMap()
        charge(frame, foldCosts[macro].begin)
        transform(frame, over, slots, where, foldCosts[macro].item, () => {
          const key = frame.slots[slots.first] as Value
          if (macro === 'transformMap') addEntry(made, key, body(frame))
          else insertAll(made, body(frame))
        })
        return made
      }
  }
}

function insertAll(into: LiteralMap, entries: Value): void {
  if (!isObject(entries) || !isMap(entries)) throw noSuchOverload()
  for (const key of entries.keys()) {
    if (!into.add(key, entries.get(key) as Value))
      throw new CelError(`insert failed: key ${String(key)} already exists`)
  }
}

function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value
  throw noSuchOverload()
}

function transform(
  frame: Frame,
  range: Value,
  slots: FoldSlots,
  where: Run | undefined,
  itemCost: number,
  add: () => void,
): void {
  iterate(frame, range, slots, () => {
    if (where && !truth(where(frame))) {
      charge(frame, 1)
      return false
    }
    charge(frame, itemCost)
    add()
    return false
  })
}

/** An error counts only if no item settles the matter. */
function quantifier(
  range: Run,
  slots: FoldSlots,
  body: Run,
  absorbing: boolean,
  { begin, item }: { readonly begin: number; readonly item: number },
): Run {
  return (frame) => {
    const over = range(frame)
    let failure: CelError | undefined
    let settled = false
    charge(frame, begin)
    iterate(frame, over, slots, () => {
      charge(frame, item)
      try {
        settled = truth(body(frame)) === absorbing
      } catch (error) {
        failure ??= caught(error)
      }
      return settled
    })
    if (settled) return absorbing
    if (failure) throw failure
    return !absorbing
  }
}
