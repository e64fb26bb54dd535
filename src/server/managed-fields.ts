// Who owns which field. Every write goes through here: what a client changed becomes its own in
// metadata.managedFields, so that a later server-side apply can tell a conflict from a free field. On the path of
// every write, therefore it compares old and new once and touches only the entries that lose or win something.

import type { AnyKind } from '#api/kind.ts'
import { formatTime } from '#lib/clock.ts'
import { type ChangeFor, changesFor, type Versions } from './field-changes.ts'
import { difference, type FieldSet, union } from './field-set.ts'
import { changed, type Entry, entriesFor, entryId, withEntries } from './managed-entries.ts'
import { ownable } from './ownable.ts'
import { compare } from './owned-fields.ts'
import { baselineOf, ownershipOf, type Struct } from './ownership.ts'

export interface Update {
  readonly kind: AnyKind
  /** Undefined on create. */
  readonly old: object | undefined
  /** As decoded and defaulted, before admission: what admission and the strategy add is nobody's. */
  readonly next: object
  readonly manager: string
  readonly subresource?: string | undefined
  readonly nowMs: number
  readonly versions?: Versions | undefined
}

/** `next` with its managed fields brought up to date. Called for create, update and every patch but apply. */
export function trackUpdate({ kind, old, next, manager, subresource = '', nowMs, versions }: Update): object {
  const entries = entriesFor(old, next, subresource !== '')
  // An object that has lost its managed fields stays without them until someone applies.
  if (entries.length === 0 && old !== undefined) return withEntries(next, entries, old)
  const owned = ownershipOf(kind)
  const before = old ?? zeroOf(owned)
  const found = compare(owned, before, next)
  if (found === undefined) return withEntries(next, entries, old)
  const by = { manager, operation: 'Update', apiVersion: kind.apiVersion, subresource } as const
  const won = ownable(kind, subresource, found.changed)
  const gone = ownable(kind, subresource, found.removed)
  const changes = changesFor({ kind, subresource, old: before, next, versions: old && versions }, { won, gone })
  return withEntries(next, capped(taken(given(entries, changes), by, won, nowMs)), old)
}

const zeros = new WeakMap<Struct, object>()

function zeroOf(owned: Struct): object {
  let zero = zeros.get(owned)
  if (zero === undefined) {
    zero = baselineOf(owned)
    zeros.set(owned, zero)
  }
  return zero
}

/** The entries after what was changed has been taken from its owners. */
export function given(entries: readonly Entry[], changeFor: ChangeFor): readonly Entry[] {
  const left: Entry[] = []
  for (const entry of entries) {
    const change = changeFor(entry)
    if (change === undefined) continue
    const set = difference(difference(entry.set, change.won), change.gone)
    if (set === entry.set) left.push(entry)
    else if (set !== undefined) left.push(changed(entry, set))
  }
  return left
}

type Owner = Pick<Entry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>

/** The entries with these fields added to those of the manager. */
function taken(entries: readonly Entry[], by: Owner, won: FieldSet | undefined, nowMs: number): readonly Entry[] {
  if (won === undefined) return entries
  const id = entryId(by.manager, by.operation, by.apiVersion, by.subresource)
  const mine = entries.find((entry) => entry.id === id)
  const set = union(mine?.set, won) as FieldSet
  const entry: Entry = { ...by, id, set, time: formatTime(nowMs), written: undefined }
  return mine ? entries.map((other) => (other === mine ? entry : other)) : [...entries, entry]
}

const maxUpdaters = 10

/** At most ten updaters: the oldest are merged into one per version, named as upstream names it. */
export function capped(entries: readonly Entry[]): readonly Entry[] {
  const updaters = entries.filter((entry) => entry.operation === 'Update')
  let surplus = updaters.length - maxUpdaters
  if (surplus <= 0) return entries
  updaters.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.id < b.id ? -1 : 1))
  const merged = new Map(entries.map((entry) => [entry.id, entry]))
  const firsts = new Map<string, Entry>()
  for (const updater of updaters) {
    if (surplus <= 0) break
    const first = firsts.get(updater.apiVersion)
    if (first === undefined) {
      firsts.set(updater.apiVersion, updater)
      continue
    }
    const id = entryId('ancient-changes', 'Update', updater.apiVersion, '')
    const bucket = merged.get(id) ?? first
    merged.delete(first.id)
    merged.delete(updater.id)
    merged.set(id, {
      ...changed(updater, union(updater.set, bucket.set) as FieldSet),
      id,
      manager: 'ancient-changes',
      subresource: '',
    })
    surplus--
  }
  return [...merged.values()]
}
