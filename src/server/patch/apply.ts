// Server-side apply: the client sends what it wants, the server merges it into the live object and remembers who
// wants what. Fields that the manager gave up and nobody else owns vanish; fields that others own are conflicts.

import type { AnyKind } from '#api/kind.ts'
import { badRequest, StatusError } from '#api/status-error.ts'
import { formatTime } from '#lib/clock.ts'
import { changesFor, type Versions } from '../field-changes.ts'
import { difference, equals, type FieldSet, intersection, paths } from '../field-set.ts'
import { type Entry, entryId, managedFieldsOf, storedEntries, withEntries } from '../managed-entries.ts'
import { given, trackUpdate } from '../managed-fields.ts'
import { ownable } from '../ownable.ts'
import { areFieldsOf, compare, fieldsOf } from '../owned-fields.ts'
import { ownershipOf, type Struct } from '../ownership.ts'
import { ownedByLastApplied, withLastApplied } from './last-applied.ts'
import { merge, problems } from './owned-merge.ts'
import { pruned } from './prune.ts'

export interface Apply {
  readonly kind: AnyKind
  /** Undefined when the object does not exist yet. */
  readonly live: object | undefined
  /** The parsed body, apiVersion and kind included. */
  readonly applied: object
  readonly manager: string
  readonly force: boolean
  /** `status`, `scale`, …; absent for the object itself. */
  readonly subresource?: string | undefined
  readonly nowMs: number
  readonly versions?: Versions | undefined
}

/** Fields of a live object that others own and the configuration wants otherwise. */
interface Conflict {
  readonly owner: Entry
  readonly set: FieldSet
}

type Outcome = { readonly object: object } | { readonly conflicts: readonly Conflict[] }

/** The merged object with its managed fields, not yet decoded or defaulted; `live` itself where nothing changes.
 *  Throws a StatusError: 400 for a body of another version, 409 for conflicts, 500 for what the schema refuses, as
 *  upstream answers it. */
export function applyServerSide(apply: Apply): object {
  const { kind, applied, manager, live } = apply
  refuseOthers(kind, applied)
  const owned = ownershipOf(kind)
  try {
    const wrong = problems(owned, applied)
    if (wrong.length > 0)
      throw new StatusError(500, '', `failed to create typed patch object (${nameOf(apply)}): ${listed(wrong)}`)
    const outcome = applyOrConflict(owned, apply)
    if ('conflicts' in outcome) throw conflictError(outcome.conflicts)
    // kubectl goes on keeping its annotation, so that it can go back to client-side apply.
    const annotated = manager === 'kubectl' && live !== undefined
    return annotated ? withLastApplied(outcome.object, applied) : outcome.object
  } catch (error) {
    if (error instanceof RangeError) throw badRequest('error decoding YAML: exceeded max depth')
    throw error
  }
}

function refuseOthers(kind: AnyKind, applied: object): void {
  const [apiVersion, name] = [textAt(applied, 'apiVersion'), textAt(applied, 'kind')]
  if (apiVersion !== kind.apiVersion || name !== kind.kind) {
    const [version, group = ''] = apiVersion.split('/').reverse()
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${name}`)
  }
  const managedFields = managedFieldsOf(applied)
  if (managedFields !== undefined && managedFields !== null) throw badRequest('metadata.managedFields must be nil')
}

/** Empty where something else than a text stands there. */
export function textAt(object: object, field: string): string {
  const value = (object as Record<string, unknown>)[field]
  return typeof value === 'string' ? value : ''
}

/** Several problems as one text. */
export const listed = (wrong: readonly string[]): string =>
  wrong.length === 1 ? (wrong[0] as string) : `errors:\n${wrong.map((text) => `  ${text}`).join('\n')}`

function nameOf({ kind, applied }: Apply): string {
  const { metadata } = applied as { metadata?: object | null }
  const [name, namespace] = [textAt(metadata ?? {}, 'name'), textAt(metadata ?? {}, 'namespace')]
  return `${namespace}/${name}; ${kind.group}/${kind.version}, Kind=${kind.kind}`
}

/** Tries, and once more by force where kubectl itself owns by its annotation what it would be in conflict with. */
function applyOrConflict(owned: Struct, apply: Apply): Outcome {
  const tried = tryApply(owned, apply)
  if (!('conflicts' in tried) || apply.manager !== 'kubectl' || apply.live === undefined) return tried
  const allowed = ownedByLastApplied(owned, apply.kind, apply.live)
  if (allowed === undefined) return tried
  const left = tried.conflicts.flatMap(({ owner, set }) => {
    const rest = difference(set, allowed)
    return rest === undefined ? [] : [{ owner, set: rest }]
  })
  return left.length > 0 ? { conflicts: left } : tryApply(owned, { ...apply, force: true })
}

function tryApply(owned: Struct, apply: Apply): Outcome {
  const { kind, live, applied, manager, force, subresource = '', nowMs, versions } = apply
  const entries = entriesBefore(kind, live, nowMs)
  const id = entryId(manager, 'Apply', kind.apiVersion, subresource)
  const mine = entries.find((entry) => entry.id === id)
  const others = entries.filter((entry) => entry !== mine)
  const wanted = wantedBy(apply, owned, mine?.set)
  const merged = merge(owned, live ?? {}, applied) as object
  const next = pruned({ kind, versions, merged, last: mine, wanted, others })

  const found = live === undefined ? undefined : compare(owned, live, next)
  const won = ownable(kind, subresource, found?.changed)
  const gone = ownable(kind, subresource, found?.removed)
  const changes = changesFor({ kind, subresource, old: live ?? {}, next, versions: live && versions }, { won, gone })
  if (!force) {
    const conflicts = others.flatMap((owner) => {
      const set = intersection(owner.set, changes(owner)?.won)
      return set === undefined ? [] : [{ owner, set }]
    })
    if (conflicts.length > 0) return { conflicts }
  }
  const left = given(others, changes)
  const same = mine?.apiVersion === kind.apiVersion && found === undefined && equals(mine.set, wanted)
  const object = live !== undefined && found === undefined ? live : next
  if (same) return { object: withEntries(object, entries, live) }
  if (wanted === undefined) return { object: withEntries(object, left, live) }
  const by = { id, manager, operation: 'Apply', apiVersion: kind.apiVersion, subresource } as const
  const entry: Entry = { ...by, set: wanted, time: formatTime(nowMs), written: undefined }
  return { object: withEntries(object, [...left, entry], live) }
}

/** What the configuration wants. Nearly always it is what the manager has applied before, in other values: then it is
 *  that very set, which is known to be sorted. */
function wantedBy({ kind, applied, subresource = '' }: Apply, owned: Struct, last?: FieldSet): FieldSet | undefined {
  const isLast = last !== undefined && areFieldsOf(last, owned, applied)
  return ownable(kind, subresource, isLast ? last : fieldsOf(owned, applied))
}

/** What an object without managed fields holds belongs to nobody who could be asked; it gets a name, so that an
 *  apply that wants it otherwise is a conflict. */
function entriesBefore(kind: AnyKind, live: object | undefined, nowMs: number): readonly Entry[] {
  const entries = storedEntries(live)
  if (live === undefined || entries.length > 0) return entries
  const bare = withEntries(live, [], undefined)
  return storedEntries(trackUpdate({ kind, old: undefined, next: bare, manager: 'before-first-apply', nowMs }))
}

function conflictError(conflicts: readonly Conflict[]): StatusError {
  const sorted = conflicts
    .map(({ owner, set }) => ({ owner: formatOwner(owner), paths: [...paths(set)] }))
    .sort((a, b) => (a.owner < b.owner ? -1 : a.owner > b.owner ? 1 : 0))
  const causes = sorted.flatMap(({ owner, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  )
  const text =
    causes.length === 1
      ? `1 conflict: ${causes[0]?.message}: ${causes[0]?.field}`
      : `${causes.length} conflicts: ${sorted
          .map(({ owner, paths }) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)].join('\n'))
          .join('\n')}`
  return new StatusError(409, 'Conflict', `Apply failed with ${text}`, { causes })
}

function formatOwner({ manager, subresource, operation, apiVersion }: Entry): string {
  const name = JSON.stringify(manager)
  const named = subresource === '' ? name : `${name} with subresource ${JSON.stringify(subresource)}`
  return operation === 'Update' ? `${named} using ${apiVersion}` : named
}
