// metadata.managedFields as a list of who owns which fields: read from an object, written back. An entry that did
// not change is written as the very object that was read, so that an unchanged list costs nothing.

import type { ManagedFieldsEntry } from '#api/meta/object-meta.ts'
import { equalJson, isObject } from '#lib/json.ts'
import { canonical, type FieldSet, leaf, union } from './field-set.ts'

export interface Entry {
  /** What makes it one entry: the same id never stands twice in a list. */
  readonly id: string
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string
  readonly set: FieldSet
  /** As it was read, where nothing of it has changed since. */
  readonly written: ManagedFieldsEntry | undefined
}

/** An applier stays the same whichever version it applies in; an updater is one per version. */
export const entryId = (manager: string, operation: string, apiVersion: string, subresource: string): string =>
  `${operation}\0${operation === 'Apply' ? '' : apiVersion}\0${subresource}\0${manager}`

const none: readonly Entry[] = []
const read = new WeakMap<object, readonly Entry[]>()

/** The entries of an object that the server has stored. Nothing where they cannot be read. */
export function storedEntries(object: object | undefined): readonly Entry[] {
  const list = managedFieldsOf(object)
  if (!Array.isArray(list) || list.length === 0) return none
  let entries = read.get(list)
  if (entries === undefined) {
    entries = parse(list, (set) => set as FieldSet) ?? none
    read.set(list, entries)
  }
  return entries
}

/** The entries that a write starts from. A client that sends none, or some that make no sense, does not lose what
 *  is there; one that sends an empty list or an empty entry asks for a new start; others say what they own. */
export function entriesFor(old: object | undefined, next: object, ofSubresource: boolean): readonly Entry[] {
  const stored = storedEntries(old)
  const given = managedFieldsOf(next)
  if (ofSubresource || given === undefined || given === null || given === managedFieldsOf(old)) return stored
  if (!Array.isArray(given)) return stored
  if (asksForReset(given)) return none
  if (old !== undefined && equalJson(given, managedFieldsOf(old))) return stored
  const parsed = parse(given, canonical)
  return parsed === undefined || parsed.length === 0 ? stored : parsed
}

const asksForReset = (list: readonly unknown[]): boolean =>
  list.length === 0 || (list.length === 1 && isObject(list[0]) && Object.values(list[0]).every((value) => !value))

export const managedFieldsOf = (object: object | undefined): unknown =>
  (object as { metadata?: { managedFields?: unknown } } | undefined)?.metadata?.managedFields

/** The managed fields of `old`, where the write has changed nothing but the times in them: an apply of empty lists
 *  does, and each such object would be written again and again. Upstream passes over it, too. */
export function withOldTimes<T extends { readonly metadata: object }>(next: T, old: T): T {
  const [now, before] = [managedFieldsOf(next), managedFieldsOf(old)]
  if (now === before || !Array.isArray(now) || !Array.isArray(before) || now.length !== before.length) return next
  if (!now.some(({ time }, i) => time !== before[i].time)) return next
  if (!now.every((entry, i) => entry === before[i] || equalJson({ ...entry, time: before[i].time }, before[i])))
    return next
  const kept = { ...next, metadata: { ...next.metadata, managedFields: before } }
  return equalJson(kept, old) ? kept : next
}

/** Undefined where one of them is not an entry. */
function parse(list: readonly unknown[], toSet: (fields: unknown) => FieldSet): readonly Entry[] | undefined {
  const entries = new Map<string, Entry>()
  try {
    for (const item of list) {
      const entry = parseEntry(item, toSet)
      if (entry === undefined) return undefined
      if (entry.set === leaf || isEmpty(entry.set)) continue
      const same = entries.get(entry.id)
      entries.set(entry.id, same ? changed(entry, union(same.set, entry.set) as FieldSet, entry.time) : entry)
    }
  } catch {
    return undefined
  }
  return [...entries.values()]
}

const isEmpty = (set: FieldSet): boolean => {
  for (const _ in set) return false
  return true
}

function parseEntry(item: unknown, toSet: (fields: unknown) => FieldSet): Entry | undefined {
  if (!isObject(item)) return undefined
  const { manager = '', operation, apiVersion, time, fieldsType, fieldsV1, subresource = '' } = item
  if (operation !== 'Apply' && operation !== 'Update') return undefined
  if (typeof apiVersion !== 'string' || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined
  if (typeof manager !== 'string' || typeof subresource !== 'string') return undefined
  const given = toSet(fieldsV1 ?? leaf)
  return {
    id: entryId(manager, operation, apiVersion, subresource),
    manager,
    operation,
    apiVersion,
    subresource,
    time: typeof time === 'string' ? time : '',
    set: given,
    written: given === fieldsV1 ? (item as ManagedFieldsEntry) : undefined,
  }
}

/** The entry with another set, to be written anew. */
export const changed = (entry: Entry, set: FieldSet, time = entry.time): Entry => ({
  ...entry,
  set,
  time,
  written: undefined,
})

const order = (a: Entry, b: Entry): number =>
  compareText(a.operation, b.operation) ||
  compareText(a.time, b.time) ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource)

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The object with these entries, sorted as upstream sorts them; the object itself where it has them already. */
export function withEntries<T extends object>(object: T, entries: readonly Entry[], stored: object | undefined): T {
  const present = managedFieldsOf(object)
  if (entries.length === 0) return present === undefined ? object : withList(object, undefined)
  const kept = managedFieldsOf(stored) as readonly ManagedFieldsEntry[] | undefined
  if (
    kept?.length === entries.length &&
    entries.every((entry, i) => entry.written !== undefined && entry.written === kept[i])
  ) {
    return present === kept ? object : withList(object, kept)
  }
  return withList(
    object,
    entries.toSorted(order).map((entry) => entry.written ?? write(entry)),
  )
}

function withList<T extends object>(object: T, list: readonly ManagedFieldsEntry[] | undefined): T {
  const { managedFields: _, ...metadata } = (object as { metadata?: Record<string, unknown> }).metadata ?? {}
  if (list !== undefined) metadata.managedFields = list
  return { ...object, metadata }
}

const write = ({ manager, operation, apiVersion, time, set, subresource }: Entry): ManagedFieldsEntry => ({
  ...(manager === '' ? {} : { manager }),
  operation,
  apiVersion,
  ...(time === '' ? {} : { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: set,
  ...(subresource === '' ? {} : { subresource }),
})

/** Whether two states of an object are the same but for the times of their entries: then there is nothing to write. */
export function differsOnlyInTimes(old: object, next: object): boolean {
  const [before, after] = [old, next].map(managedFieldsOf) as (readonly ManagedFieldsEntry[] | undefined)[]
  if (before?.length !== after?.length) return false
  const sameEntries = (before ?? []).every((entry, i) => {
    const other = after?.[i]
    return entry === other || equalJson({ ...entry, time: '' }, { ...other, time: '' })
  })
  return sameEntries && equalJson(bare(old), bare(next))
}

const bare = (object: object): object => ({
  ...object,
  metadata: { ...(object as { metadata?: object }).metadata, managedFields: undefined },
})
