// JSON merge patch (RFC 7386): objects are merged, null removes, everything else replaces. Nulls that remove
// nothing leave no trace, at whatever depth.

import { badRequest } from '#api/status-error.ts'
import { cannotUnmarshal, isObject, type JsonObject, own, put } from '#lib/json.ts'

export function applyMergePatch(current: object, patch: unknown): object {
  if (!isObject(patch)) throw badRequest(`error decoding patch: ${cannotUnmarshal(patch, 'map[string]interface {}')}`)
  return mergeObject(current as JsonObject, patch)
}

function mergeObject(current: JsonObject, patch: JsonObject): JsonObject {
  let out: Record<string, unknown> | undefined
  for (const key in patch) {
    const value = patch[key]
    const was = own(current, key)
    if (value === undefined) continue
    if (value === null) {
      if (was === undefined) continue
      out ??= { ...current }
      delete out[key]
      continue
    }
    const merged = isObject(value) && isObject(was) ? mergeObject(was, value) : withoutNulls(value)
    if (merged === was) continue
    out ??= { ...current }
    put(out, key, merged)
  }
  return out ?? current
}

/** The value without members that are null, also inside lists. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const out: Record<string, unknown> = {}
  for (const key in value) {
    const member = value[key]
    if (member !== null && member !== undefined) put(out, key, withoutNulls(member))
  }
  return out
}
