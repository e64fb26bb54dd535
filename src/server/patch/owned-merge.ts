// Merging a configuration into a live object and taking fields out again, along the lines of ownership. What does
// not change is shared with the live object: the same value comes back where nothing did.

import { equalJson, formatGo, isObject, type JsonObject, own, put } from '#lib/json.ts'
import { Collector, type FieldSet, formatStep, isMember, leaf, union } from '../field-set.ts'
import { inside, placeOf, stepOf } from '../owned-fields.ts'
import { type List, type Owned, type Scalar, type Struct, unknownGranular } from '../ownership.ts'

/** The live value with the configuration laid over it. */
export function merge(owned: Owned, live: unknown, config: unknown): unknown {
  if (live === undefined || live === config) return config
  const how = inside(owned, config) ?? (config === null ? inside(owned, live) : undefined)
  if (how === 'members' && isObject(live)) return mergeMembers(owned, live, (config as JsonObject | null) ?? {})
  if (how === 'items' && Array.isArray(live)) return mergeItems(owned as List, live, (config as unknown[] | null) ?? [])
  return equalJson(live, config) ? live : config
}

function mergeMembers(owned: Owned, live: JsonObject, config: JsonObject): JsonObject {
  let out: Record<string, unknown> | undefined
  for (const name in config) {
    const value = config[name]
    if (value === undefined) continue
    const was = own(live, name)
    const merged = merge(belowOf(owned, name), was, value)
    if (merged === was) continue
    out ??= { ...live }
    put(out, name, merged)
  }
  return out ?? live
}

/** How a member is owned, also one that is nobody's. */
function belowOf(owned: Owned, name: string): Owned {
  if (owned.shape === 'struct') return owned.members.get(name)?.owned ?? unknownGranular
  return owned.shape === 'map' ? owned.item : unknownGranular
}

/** The items of both, each once: in the order of the configuration, and those that only the live list has stay as
 *  near as can be to where they were. */
function mergeItems(list: List, live: readonly unknown[], config: readonly unknown[]): readonly unknown[] {
  const ours = live.map((item) => stepOf(list, item))
  const theirs = config.map((item) => stepOf(list, item))
  if (ours.includes(undefined) || theirs.includes(undefined)) return equalJson(live, config) ? live : config
  if (isSameRow(ours, theirs)) {
    const merged = config.map((item, i) => merge(list.item, live[i], item))
    return merged.every((item, i) => item === live[i]) ? live : merged
  }
  const byOurs = new Map<unknown, unknown>()
  // Of live items that share a key none is the one meant; the first stands for them.
  for (let i = live.length - 1; i >= 0; i--) byOurs.set(ours[i], live[i])
  const byTheirs = new Map(theirs.map((step, i) => [step, config[i]]))
  const shared = theirs.filter((step) => byOurs.has(step))
  let next = 0
  const done = new Set<unknown>()
  const out: unknown[] = []
  let l = 0
  let r = 0
  const take = (step: unknown, item: unknown) => {
    done.add(step)
    const was = byOurs.get(step)
    out.push(was === undefined ? item : merge(list.item, was, item))
    if (shared[next] === step) next++
    r++
  }
  while (l < ours.length || r < theirs.length) {
    if (l < ours.length && r < theirs.length) {
      const step = ours[l]
      if (step === theirs[r]) {
        take(step, config[r])
        l++
        continue
      }
      // Shared, but it is another's turn.
      if (byTheirs.has(step) && next < shared.length && shared[next] !== step) {
        l++
        continue
      }
    }
    if (l < ours.length) {
      const step = ours[l]
      if (!byTheirs.has(step)) {
        out.push(live[l])
        l++
        continue
      }
      if (done.has(step)) l++
    }
    if (r < theirs.length) take(theirs[r], config[r])
  }
  const same = out.length === live.length && out.every((item, i) => item === live[i])
  return same ? live : out
}

/** Whether both lists have the same items in the same order, none of them twice: nearly always they do. */
const isSameRow = (ours: readonly unknown[], theirs: readonly unknown[]): boolean =>
  ours.length === theirs.length &&
  ours.every((step, i) => step === theirs[i]) &&
  (ours.length < 2 || new Set(ours).size === ours.length)

/** The value without the fields of the set. What is emptied by that stays, empty, unless it is in the set itself. */
export function remove(owned: Owned, value: unknown, gone: FieldSet): unknown {
  const how = inside(owned, value)
  if (how === 'items') return removeItems(owned as List, value as readonly unknown[], gone)
  if (how === 'members') return removeMembers(owned, value as JsonObject, gone)
  return value
}

function removeItems(list: List, items: readonly unknown[], gone: FieldSet): readonly unknown[] {
  const rest: unknown[] = []
  let same = true
  for (const item of items) {
    const step = stepOf(list, item)
    const below = step === undefined ? undefined : gone[step]
    if (below !== undefined && isMember(below)) {
      same = false
      continue
    }
    const left = below === undefined ? item : remove(list.item, item, below)
    if (left !== item) same = false
    rest.push(left)
  }
  return same ? items : rest
}

function removeMembers(owned: Owned, object: JsonObject, gone: FieldSet): JsonObject {
  const rest: Record<string, unknown> = {}
  let same = true
  for (const name in object) {
    const value = object[name]
    const step = placeOf(owned, name)?.step
    const below = step === undefined ? undefined : gone[step]
    const kept = owned.shape === 'struct' && owned.members.get(name)?.kept === true
    if (below !== undefined && isMember(below) && !kept) {
      same = false
      continue
    }
    const left = below === undefined ? value : remove(belowOf(owned, name), value, below)
    if (left !== value) same = false
    put(rest, name, left)
  }
  return same ? object : rest
}

/** The set with every declared field in it that has something below it in the set: `spec`, when `spec.replicas` is
 *  there. Members of maps and items of lists are not added. */
export function withDeclared(owned: Owned, set: FieldSet | undefined): FieldSet | undefined {
  if (set === undefined || set === leaf) return set
  const out = new Collector(isMember(set))
  for (const step in set) {
    if (step === '.') continue
    const below = set[step] as FieldSet
    const name = step.slice(2)
    const declared = step.startsWith('f:') && owned.shape === 'struct' && owned.members.has(name)
    const next = step.startsWith('f:') ? belowOf(owned, name) : owned.shape === 'list' ? owned.item : unknownGranular
    const all = withDeclared(next, below)
    out.put(step, declared ? union(all, leaf) : all)
  }
  return out.done()
}

/** Something in a configuration that cannot be, and where; the place is put together on the way up from it. */
interface Problem {
  place: string
  readonly text: string
}

/** What of a configuration cannot be: upstream's words, each behind the path of what it is about. */
export function problems(owned: Struct, config: object): readonly string[] {
  const found: Problem[] = []
  find(owned, config, found)
  return found.map(({ place, text }) => (place === '' ? text : `${place}: ${text}`))
}

/** More than these nobody reads. */
const maxProblems = 100

function find(owned: Owned, value: unknown, found: Problem[]): void {
  if (value === null || value === undefined || found.length >= maxProblems) return
  const say = (text: string, place = '') => found.push({ place, text })
  switch (owned.shape) {
    case 'scalar': {
      const wrong = mismatch(owned.accepts, value)
      if (wrong) say(wrong)
      return
    }
    case 'list':
      if (Array.isArray(value)) findInItems(owned, value, found)
      else say(`expected list, got ${formatValue(value)}`)
      return
    case 'map':
    case 'struct':
      if (!isObject(value)) return void say(`expected map, got ${formatValue(value)}`)
      for (const name in value) {
        const member = owned.shape === 'struct' ? owned.members.get(name) : undefined
        if (owned.shape === 'struct' && member === undefined && !owned.open)
          say('field not declared in schema', `.${name}`)
        else {
          const before = found.length
          find(member?.owned ?? belowOf(owned, name), value[name], found)
          if (found.length > before) placeBelow(`.${name}`, found, before)
        }
      }
      return
    case 'unknown':
  }
}

function findInItems(list: List, items: readonly unknown[], found: Problem[]): void {
  const seen = new Set<string>()
  items.forEach((item, i) => {
    const step = list.atomic ? undefined : stepOf(list, item)
    const here = () => (step === undefined ? `[${i}]` : formatStep(step))
    if (step !== undefined) {
      if (seen.has(step)) found.push({ place: '', text: `duplicate entries for key ${here()}` })
      seen.add(step)
    } else if (!list.atomic) found.push({ place: '', text: `element ${i}: ${misplaced(list, item)}` })
    const below = found.length
    find(list.item, item, found)
    if (found.length > below) placeBelow(here(), found, below)
  })
}

function placeBelow(place: string, found: readonly Problem[], from: number): void {
  for (let i = from; i < found.length; i++) {
    const problem = found[i] as Problem
    problem.place = place + problem.place
  }
}

function mismatch(accepts: Scalar['accepts'], value: unknown): string | undefined {
  const type = typeof value
  switch (accepts) {
    case 'string':
      return type === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'numeric':
      return type === 'number' || type === 'bigint'
        ? undefined
        : `expected numeric (int or float), got ${goType(value)}`
    case 'boolean':
      return type === 'boolean' ? undefined : `expected boolean, got ${formatValue(value)}`
    case 'untyped':
      return type === 'object' ? `expected any scalar, got ${formatValue(value)}` : undefined
  }
}

function misplaced(list: List, item: unknown): string {
  if (list.keys.length === 0) {
    if (item === null) return "associative list without keys has an element that's an explicit null"
    if (Array.isArray(item)) return 'not supported: associative list with lists as elements'
    return "associative list without keys has an element that's a map type"
  }
  if (item === null) return 'associative list with keys may not have a null element'
  if (!isObject(item)) return 'associative list with keys may not have non-map elements'
  const key = list.keys.find(({ name, standIn }) => typeof (own(item, name) ?? standIn ?? null) === 'object')
  const name = JSON.stringify(key?.name)
  return `associative list with keys has an element that omits key field ${name} (and doesn't have default value)`
}

const formatValue = (value: unknown): string => `&{${formatGo(value)}}`

/** As Go's `%T` names decoded JSON. */
function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** As Go's `%#v` prints decoded JSON. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${goSyntax(member)}`)
  return `map[string]interface {}{${members.sort().join(', ')}}`
}
