// The four ways in which a client may say a change: JSON patch, JSON merge patch, strategic merge patch, and
// server-side apply. All pure: plain JSON in, plain JSON out, nothing given is changed (it may be frozen), and what
// did not change is shared with what came in. The result is not yet decoded, defaulted or validated.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import { badRequest, StatusError } from '#api/status-error.ts'
import { managedFieldsOf } from '../managed-entries.ts'
import { applyJsonPatch } from './json.ts'
import { applyMergePatch } from './merge.ts'
import { applyStrategicPatch } from './strategic.ts'

export { type Apply, applyServerSide, textAt } from './apply.ts'

export type PatchType = 'json' | 'merge' | 'strategic'

/** Content types of the patches, as discovery of what is accepted names them. */
export const patchContentTypes: Readonly<Record<PatchType | 'apply', string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export interface Patch {
  readonly kind: AnyKind
  readonly type: PatchType
  /** The parsed body. */
  readonly patch: unknown
  readonly current: object
}

/** Throws a StatusError: 400 for a malformed patch, 413 for too many operations, 415 for a strategic patch of a
 *  custom resource, 422 for a patch that does not fit the object. */
export function applyPatch({ kind, type, patch, current }: Patch): object {
  try {
    switch (type) {
      case 'json':
        return withReset(applyJsonPatch(current, patch))
      case 'merge':
        return withReset(applyMergePatch(current, patch))
      case 'strategic':
        if (kind.custom) throw unsupportedStrategicPatch()
        return withReset(stillOf(current, applyStrategicPatch(kind.schema, current, patch)))
    }
  } catch (error) {
    // Only nesting deeper than any object of the API can do this.
    if (error instanceof RangeError) throw badRequest('error decoding patch: exceeded max depth')
    throw error
  }
}

/** A strategic merge leaves the kind as it is, whatever kind the patch speaks of: upstream merges into that type, and
 *  there are clients that patch `scale` with the kind of what is scaled. */
function stillOf(current: object, patched: object): object {
  const { apiVersion, kind } = current as Partial<ApiObject>
  const next = patched as Partial<ApiObject>
  return next.apiVersion === apiVersion && next.kind === kind ? patched : { ...patched, apiVersion, kind }
}

/** An empty list of managed fields asks for a new start, as a list with an empty entry does; but decoding leaves
 *  empty lists out, and the wish would be lost. */
function withReset(patched: object): object {
  const list = managedFieldsOf(patched)
  if (!Array.isArray(list) || list.length > 0) return patched
  return { ...patched, metadata: { ...(patched as { metadata: object }).metadata, managedFields: [{}] } }
}

/** What a custom resource answers to a strategic merge patch. */
const unsupportedStrategicPatch = (): StatusError => {
  const accepted = [patchContentTypes.json, patchContentTypes.merge, patchContentTypes.apply].join(', ')
  return new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  )
}
