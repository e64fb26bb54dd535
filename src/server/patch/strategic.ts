// Strategic merge patch: a merge patch that knows from the schema which lists are merged and by which key, and that
// understands the directives $patch, $deleteFromPrimitiveList, $setElementOrder and $retainKeys. Fields that the
// schema does not know are merged as maps and replaced as lists; decoding deals with them later.

import { type AnySchema, resolved } from '#api/schema.ts'
import { badRequest, StatusError } from '#api/status-error.ts'
import { cannotUnmarshal, formatGo, isObject, type JsonObject, own, put } from '#lib/json.ts'
import { inOrder } from './element-order.ts'
import { withoutNulls } from './merge.ts'

const directive = '$patch'
const retainKeys = '$retainKeys'
const deletePrefix = '$deleteFromPrimitiveList/'
const orderPrefix = '$setElementOrder/'

export function applyStrategicPatch(schema: AnySchema, current: object, patch: unknown): object {
  if (!isObject(patch)) throw badRequest(cannotUnmarshal(patch, 'map[string]interface {}'))
  return mergeMap(current as JsonObject, patch, schema)
}

/** A failure for which upstream has no code: it answers 500 without a reason. */
const failure = (text: string): StatusError => new StatusError(500, '', text)

const noMergeKey = (item: unknown, key: string): StatusError =>
  failure(`map: ${formatGo(item)} does not contain declared merge key: ${key}`)

const badType = (value: unknown, map: JsonObject): StatusError =>
  failure(`unknown patch type: ${formatGo(value)} in map: ${formatGo(map)}`)

/** The schema of a member; undefined where nothing is known of it. */
function memberOf(schema: AnySchema | undefined, name: string): AnySchema | undefined {
  if (schema === undefined) return undefined
  const shape = resolved(schema)
  if (shape.type === 'message') return Object.hasOwn(shape.fields, name) ? shape.fields[name]?.schema : undefined
  return shape.type === 'map' ? shape.of : undefined
}

const itemOf = (schema: AnySchema | undefined): AnySchema | undefined => {
  const shape = schema && resolved(schema)
  return shape?.type === 'list' ? shape.of : undefined
}

function mergeMap(original: JsonObject, patch: JsonObject, schema: AnySchema | undefined): JsonObject {
  const how = own(patch, directive)
  if (how === 'replace') return cleaned(without(patch, directive)) as JsonObject
  if (how === 'delete') return {}
  if (how !== undefined) throw badType(how, patch)

  const out: Record<string, unknown> = { ...original }
  const rest: Record<string, unknown> = { ...patch }
  retain(out, rest)
  for (const key in patch) if (key.startsWith(orderPrefix)) mergeOrdered(out, rest, key, schema)

  for (const key in rest) {
    const value = rest[key]
    if (value === undefined) continue
    if (key.startsWith(deletePrefix)) {
      deletePrimitives(out, key.slice(deletePrefix.length), value)
      continue
    }
    if (value === null) {
      delete out[key]
      continue
    }
    const was = own(out, key)
    const member = memberOf(schema, key)
    if (isObject(was) && isObject(value)) {
      put(out, key, replaces(member) ? cleaned(value) : mergeMap(was, value, member))
    } else if (Array.isArray(was) && Array.isArray(value)) {
      put(out, key, mergeList(was, value, member))
    } else {
      const fresh = cleaned(value)
      if (fresh !== undefined) put(out, key, fresh)
    }
  }
  return out
}

const replaces = (schema: AnySchema | undefined): boolean => schema?.rules.patchStrategy === 'replace'
const merges = (schema: AnySchema | undefined): boolean => schema?.rules.patchStrategy?.startsWith('merge') === true

const without = (map: JsonObject, key: string): JsonObject => {
  const { [key]: _, ...rest } = map
  return rest
}

/** What is left of a value of the patch that meets nothing in the original: no directives and no nulls. */
function cleaned(value: unknown): unknown {
  return withoutNulls(withoutDirectives(value))
}

/** `{$patch: replace}` among a list's items speaks of the list and is none of them. */
const isBareDirective = (item: unknown): boolean =>
  isObject(item) && Object.hasOwn(item, directive) && Object.keys(item).length === 1

/** Undefined for a map that says `$patch: delete`. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.filter((item) => !isBareDirective(item))
    return items.map(withoutDirectives).filter((item) => item !== undefined)
  }
  if (!isObject(value)) return value
  if (own(value, directive) === 'delete') return undefined
  const out: Record<string, unknown> = {}
  for (const key in value) {
    if (key === directive || key === retainKeys || key.startsWith(deletePrefix) || key.startsWith(orderPrefix)) continue
    const member = withoutDirectives(value[key])
    if (member !== undefined) put(out, key, member)
  }
  return out
}

/** $retainKeys: of the original only these keys stay. Takes the directive out of the patch. */
function retain(out: Record<string, unknown>, patch: Record<string, unknown>): void {
  if (!Object.hasOwn(patch, retainKeys)) return
  const keys = patch[retainKeys]
  delete patch[retainKeys]
  if (!Array.isArray(keys)) throw badRequest('invalid patch format of retainKeys')
  const kept = new Set<unknown>(keys)
  for (const key in patch) {
    if (patch[key] === null || key.startsWith(deletePrefix) || key.startsWith(orderPrefix)) continue
    if (!kept.has(key)) {
      const text = 'the server rejected our request due to an error in our request'
      throw new StatusError(422, 'Invalid', text, {}, new Error("patch doesn't match retainKeys list"))
    }
  }
  for (const key in out) if (!kept.has(key)) delete out[key]
}

/** $deleteFromPrimitiveList/x: these scalars go out of the list x. */
function deletePrimitives(out: Record<string, unknown>, key: string, gone: unknown): void {
  const was = own(out, key)
  if (!Array.isArray(was)) return
  if (!Array.isArray(gone)) throw badRequest('invalid patch format of primitive list')
  const drop = new Set(gone)
  put(
    out,
    key,
    was.filter((item) => !drop.has(item)),
  )
}

/** $setElementOrder/x: merges the list x of the patch and brings the result into that order. */
function mergeOrdered(
  out: Record<string, unknown>,
  patch: Record<string, unknown>,
  directiveKey: string,
  schema: AnySchema | undefined,
): void {
  const order = patch[directiveKey]
  delete patch[directiveKey]
  if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list')
  const name = directiveKey.slice(orderPrefix.length)
  const original = own(out, name)
  const given = own(patch, name)
  if (original !== undefined && original !== null && !Array.isArray(original)) throw badList(original)
  if (given !== undefined && given !== null && !Array.isArray(given)) throw badList(given)
  if (given === null) return
  const member = memberOf(schema, name)
  const key = member?.rules.patchMergeKey ?? ''
  if (given !== undefined) checkOrder(given, order, key)
  let merged: readonly unknown[]
  if (given === undefined) {
    if (!Array.isArray(original)) return
    merged = original
  } else if (Array.isArray(original)) merged = mergeList(original, given, member)
  else merged = cleaned(given) as unknown[]
  delete patch[name]
  put(out, name, inOrder(merged, order, (original as unknown[] | undefined) ?? [], identity(merged, key)))
}

const badList = (value: unknown): StatusError =>
  failure(`expected a list, but received a ${isObject(value) ? 'map' : typeof value}: ${formatGo(value)}`)

/** By what an item is known among the others of its list. */
function identity(items: readonly unknown[], key: string): (item: unknown) => unknown {
  if (key === '' || !items.some(isObject)) return (item) => item
  return (item) => {
    const value = isObject(item) ? own(item, key) : undefined
    if (value === undefined) throw noMergeKey(item, key)
    return value
  }
}

/** The items of the patch must all stand in the order list, in the same order. */
function checkOrder(items: readonly unknown[], order: readonly unknown[], key: string): void {
  if (order.length === 0 || items.length === 0) return
  const wanted = key === '' ? items : items.filter((item) => !(isObject(item) && own(item, directive) === 'delete'))
  const known = identity([...wanted, ...order], key)
  let next = 0
  for (const item of order) {
    if (next === wanted.length) return
    if (known(item) === known(wanted[next])) next++
  }
  if (next === wanted.length) return
  throw failure(
    `The order in patch list:\n${formatGo(items)}\n doesn't match $setElementOrder list:\n${formatGo(order)}\n`,
  )
}

function mergeList(
  original: readonly unknown[],
  patch: readonly unknown[],
  schema: AnySchema | undefined,
): readonly unknown[] {
  if (!merges(schema)) return cleaned(patch) as unknown[]
  if (original.length === 0 && patch.length === 0) return original
  if (kindOf(original, patch) !== 'map') {
    const merged = [...new Set([...original, ...patch])]
    return inOrder(merged, patch, original, (item) => item)
  }
  const key = schema?.rules.patchMergeKey
  if (key === undefined) throw failure(`cannot merge lists without merge key for ${schemaName(schema)}`)
  return mergeMaps(original as readonly JsonObject[], patch as readonly JsonObject[], key, schema)
}

const schemaName = (schema: AnySchema | undefined): string => {
  const shape = schema && resolved(schema)
  return shape?.type === 'message' ? shape.name : 'a list'
}

/** Lists are of maps or of scalars, and of one of them. */
function kindOf(...lists: readonly (readonly unknown[])[]): 'map' | 'scalar' {
  let kind: string | undefined
  for (const list of lists) {
    for (const item of list) {
      if (Array.isArray(item)) {
        throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
      }
      const type = isObject(item) ? 'map' : typeof item
      if (kind !== undefined && kind !== type) {
        throw failure(`list element types are not identical: ${formatGo(lists.flat())}`)
      }
      kind = type
    }
  }
  return kind === 'map' ? 'map' : 'scalar'
}

function mergeMaps(
  original: readonly JsonObject[],
  patch: readonly JsonObject[],
  key: string,
  schema: AnySchema | undefined,
): readonly unknown[] {
  const gone = new Set<unknown>()
  const plain: JsonObject[] = []
  let replace = false
  for (const item of patch) {
    const how = own(item, directive)
    if (how === undefined) plain.push(item)
    else if (how === 'replace') replace = true
    else if (how === 'delete') {
      const value = own(item, key)
      if (value === undefined) throw noMergeKey(item, key)
      gone.add(value)
    } else if (how === 'merge') throw failure('merging lists cannot yet be specified in the patch')
    else throw badType(how, item)
  }
  if (replace) return cleaned(plain) as unknown[]
  const out: unknown[] = original.filter((item) => !gone.has(own(item, key)))
  const places = new Map<unknown, number>()
  for (let i = out.length - 1; i >= 0; i--) places.set(own(out[i] as JsonObject, key), i)
  for (const item of plain) {
    const value = own(item, key)
    if (value === undefined) throw noMergeKey(item, key)
    const at = places.get(value)
    if (at === undefined) {
      places.set(value, out.length)
      out.push(cleaned(item))
    } else out[at] = mergeMap(out[at] as JsonObject, item, itemOf(schema))
  }
  return inOrder(out, plain, original, (item) => (isObject(item) ? own(item, key) : item))
}
