// What a transaction would do: compares the expected revisions with what stands there, and builds the new objects.
// Pure but for the calls of `put`; nothing has happened yet when it returns.

import { assert } from '#lib/assert.ts'
import type { Actor, Change, Key, StoredObject, StoreEvent } from './store.ts'

export interface Origin {
  readonly timeMs: number
  readonly actor: Actor
}

/** A transaction as it is kept: in order of revision, never changed. */
export interface Transaction extends Origin {
  readonly revision: number
  readonly events: readonly StoreEvent[]
}

export type Prepared =
  | {
      readonly ok: true
      /** Empty when nothing changes: deleting what is not there. */
      readonly events: readonly StoreEvent[]
      readonly objects: readonly (StoredObject | undefined)[]
    }
  | { readonly ok: false; readonly key: Key; readonly current: StoredObject | undefined }

export function prepare(
  changes: readonly Change[],
  lookup: (key: Key) => StoredObject | undefined,
  revision: number,
): Prepared {
  assert(
    changes.length <= 1 || new Set(changes.map((change) => change.key)).size === changes.length,
    'keys are distinct',
  )
  for (const { key, expect } of changes) {
    if (expect === undefined) continue
    const current = lookup(key)
    if ((current?.revision ?? 0) !== expect) return { ok: false, key, current }
  }
  const events: StoreEvent[] = []
  const objects: (StoredObject | undefined)[] = []
  for (const { key, put } of changes) {
    const previous = lookup(key)
    let object: StoredObject | undefined
    if (put) {
      const { bytes, index, value } = put(revision)
      object = { key, revision, createdRevision: previous?.createdRevision ?? revision, bytes, index, value }
    }
    objects.push(object)
    if (object || previous) events.push({ key, revision, object, previous })
  }
  return { ok: true, events, objects }
}
