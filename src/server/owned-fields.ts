// From objects to sets of fields: which fields a value has, and in which of them two values differ. Walks both
// values once, only as deep as they are owned, and builds nothing where they are the same.

import { equalJson, isEmptyObject, isObject, type JsonObject, own } from '#lib/json.ts'
import { Collector, countBelow, type FieldSet, isMember, leaf, valueStep } from './field-set.ts'
import { type List, type Owned, unknownGranular } from './ownership.ts'

/** The step to an item of a set or keyed list; undefined where the item has no place in such a list. */
export function stepOf(list: List, item: unknown): string | undefined {
  if (list.keys.length === 0) {
    return typeof item === 'object' || item === undefined ? undefined : valueStep(item)
  }
  if (!isObject(item)) return undefined
  let step = 'k:{'
  for (let i = 0; i < list.keys.length; i++) {
    const key = list.keys[i] as List['keys'][number]
    const value = own(item, key.name) ?? key.standIn
    if (value === undefined || typeof value === 'object') return undefined
    step += i === 0 ? key.prefix : `,${key.prefix}`
    step += JSON.stringify(value)
  }
  return `${step}}`
}

/** What to own at a member of an object: the step, how it is owned, and whether it is declared. */
interface Place {
  readonly step: string
  readonly owned: Owned
  readonly declared: boolean
}

/** Undefined for a field that is nobody's. */
export function placeOf(owned: Owned, name: string): Place | undefined {
  switch (owned.shape) {
    case 'struct': {
      const member = owned.members.get(name)
      if (member === undefined) return { step: `f:${name}`, owned: unknownGranular, declared: false }
      return member.unowned ? undefined : member
    }
    case 'map':
      return { step: `f:${name}`, owned: owned.item, declared: false }
    default:
      return { step: `f:${name}`, owned: unknownGranular, declared: false }
  }
}

/** Whether the value is looked into at all; undefined where it is owned as a whole. */
export function inside(owned: Owned, value: unknown): 'members' | 'items' | undefined {
  if (owned.atomic || typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return owned.shape === 'list' ? 'items' : undefined
  return owned.shape === 'list' ? undefined : 'members'
}

/** The fields of a configuration, as an applier owns them: leaves, items, members of maps, and what is empty, but
 *  not the structs and lists around them. `member` adds the value's own path. */
export const fieldsOf = (owned: Owned, value: unknown, member = false): FieldSet | undefined =>
  collect(owned, value, member, false)

/** Whether the set is what `fieldsOf` gives, without making it. Says no, too, where items cannot be told apart. */
export function areFieldsOf(set: FieldSet | undefined, owned: Owned, value: unknown, member = false): boolean {
  const how = inside(owned, value)
  if (how === undefined || (how === 'members' && isEmptyObject(value as object)))
    return set !== undefined && isEmptyObject(set)
  let found = 0
  const isThere = (step: string, below: Owned, inner: unknown, itself: boolean): boolean => {
    const part = set?.[step]
    if (part !== undefined) found++
    return areFieldsOf(part, below, inner, itself)
  }
  if (how === 'items') {
    const list = owned as List
    for (const item of value as readonly unknown[]) {
      const step = stepOf(list, item)
      if (step === undefined || !isThere(step, list.item, item, true)) return false
    }
  } else {
    for (const name in value as JsonObject) {
      const inner = (value as JsonObject)[name]
      if (inner === undefined) continue
      const place = placeOf(owned, name)
      if (place && !isThere(place.step, place.owned, inner, !place.declared)) return false
    }
  }
  return found === countBelow(set) && member === (set !== undefined && isMember(set))
}

/** The fields of a value that was not there before: all of the above and every struct and list on the way. */
const wholeOf = (owned: Owned, value: unknown): FieldSet => collect(owned, value, true, true) as FieldSet

function collect(owned: Owned, value: unknown, member: boolean, whole: boolean): FieldSet | undefined {
  switch (inside(owned, value)) {
    case undefined:
      return leaf
    case 'items': {
      const list = owned as List
      const out = new Collector(member)
      for (const item of value as readonly unknown[]) {
        const step = stepOf(list, item)
        if (step === undefined) return leaf
        out.put(step, collect(list.item, item, true, whole))
      }
      return out.done()
    }
    case 'members': {
      if (isEmptyObject(value as object)) return leaf
      const out = new Collector(member)
      for (const name in value as JsonObject) {
        const below = (value as JsonObject)[name]
        if (below === undefined) continue
        const place = placeOf(owned, name)
        if (place) out.put(place.step, collect(place.owned, below, whole || !place.declared, whole))
      }
      return out.done()
    }
  }
}

export interface Difference {
  /** Added or modified. */
  readonly changed: FieldSet | undefined
  readonly removed: FieldSet | undefined
}

const changedHere: Difference = { changed: leaf, removed: undefined }

/** In which fields two values differ; undefined where in none. */
export function compare(owned: Owned, old: unknown, next: unknown): Difference | undefined {
  if (old === next) return undefined
  if (typeof old !== 'object' && typeof next !== 'object') return changedHere
  const how = inside(owned, next) ?? inside(owned, old)
  if (how === 'members' && isObjectOrNull(old) && isObjectOrNull(next)) {
    // An empty map and null differ, though there is nothing in either.
    if (hasNone(old) && hasNone(next)) return old === null || next === null ? changedHere : undefined
    return compareMembers(owned, old ?? nothing, next ?? nothing)
  }
  if (how === 'items' && isListOrNull(old) && isListOrNull(next)) {
    if (!old?.length && !next?.length) return old === null || next === null ? changedHere : undefined
    // Most lists are as they were, and to find the place of each item costs more than to see it.
    if (equalJson(old, next)) return undefined
    return compareItems(owned as List, old ?? noItems, next ?? noItems)
  }
  return equalJson(old, next) ? undefined : changedHere
}

const nothing: JsonObject = {}
const noItems: readonly unknown[] = []
const isObjectOrNull = (value: unknown): value is JsonObject | null => value === null || isObject(value)
const isListOrNull = (value: unknown): value is readonly unknown[] | null => value === null || Array.isArray(value)
const hasNone = (value: object | null): boolean => value === null || isEmptyObject(value)

/** Two collectors, made only when something differs. */
class Differences {
  #changed: Collector | undefined
  #removed: Collector | undefined

  changed(step: string, below: FieldSet | undefined): void {
    if (below === undefined) return
    this.#changed ??= new Collector(false)
    this.#changed.put(step, below)
  }
  removed(step: string, below: FieldSet | undefined): void {
    if (below === undefined) return
    this.#removed ??= new Collector(false)
    this.#removed.put(step, below)
  }
  both(step: string, difference: Difference | undefined): void {
    if (difference === undefined) return
    this.changed(step, difference.changed)
    this.removed(step, difference.removed)
  }
  done(): Difference | undefined {
    if (this.#changed === undefined && this.#removed === undefined) return undefined
    return { changed: this.#changed?.done(), removed: this.#removed?.done() }
  }
}

function compareMembers(owned: Owned, old: JsonObject, next: JsonObject): Difference | undefined {
  const out = new Differences()
  for (const name in next) {
    const value = next[name]
    if (value === undefined) continue
    const was = own(old, name)
    if (was === value) continue
    const place = placeOf(owned, name)
    if (place === undefined) continue
    if (was === undefined) out.changed(place.step, wholeOf(place.owned, value))
    else out.both(place.step, compare(place.owned, was, value))
  }
  for (const name in old) {
    const was = old[name]
    if (was === undefined || own(next, name) !== undefined) continue
    const place = placeOf(owned, name)
    if (place) out.removed(place.step, wholeOf(place.owned, was))
  }
  return out.done()
}

function compareItems(list: List, old: readonly unknown[], next: readonly unknown[]): Difference | undefined {
  const before = bySteps(list, old)
  const after = bySteps(list, next)
  if (before === undefined || after === undefined) return equalJson(old, next) ? undefined : changedHere
  const out = new Differences()
  for (const [step, items] of after) {
    const were = before.get(step) ?? noItems
    if (were.length === 1 && items.length === 1) out.both(step, compare(list.item, were[0], items[0]))
    else if (were.length > 1 && items.length > 1) {
      if (!equalJson(were, items)) out.changed(step, leaf)
    } else {
      if (were.length > 0) out.removed(step, together(list, were))
      out.changed(step, together(list, items))
    }
  }
  for (const [step, were] of before) if (!after.has(step)) out.removed(step, together(list, were))
  return out.done()
}

/** Items that share their keys cannot be told apart, so nothing in them is owned by itself. */
const together = (list: List, items: readonly unknown[]): FieldSet =>
  items.length === 1 ? wholeOf(list.item, items[0]) : leaf

function bySteps(list: List, items: readonly unknown[]): Map<string, unknown[]> | undefined {
  const out = new Map<string, unknown[]>()
  for (const item of items) {
    const step = stepOf(list, item)
    if (step === undefined) return undefined
    const same = out.get(step)
    if (same) same.push(item)
    else out.set(step, [item])
  }
  return out
}
