// PATCH: what is there, changed as the patch says, and then written as an update is. An apply to what is not
// there creates it.

import { type DecodeOptions, decode } from '#api/decode.ts'
import { FieldErrors } from '#api/field-errors.ts'
import type { ApiObject } from '#api/kind.ts'
import type { ParsedBody } from '#api/parse-body.ts'
import { badRequest, conflict, invalid, notFound } from '#api/status-error.ts'
import { cannotUnmarshal, formatGo } from '#lib/json.ts'
import type { StoredObject } from '#store/store.ts'
import { contentTypeOf, parsedPlainBody, unsupportedMediaType } from '../body.ts'
import type { KindCall } from '../call.ts'
import { objectAnswer } from '../encode/object.ts'
import { type WriteQuery, writeQuery } from '../options.ts'
import { applyPatch, applyServerSide, type PatchType, patchContentTypes, textAt } from '../patch/index.ts'
import type { ApiResponse } from '../request.ts'
import { objectOf } from '../stored.ts'
import { versionsOf } from '../versions.ts'
import { managerOf } from '../write.ts'
import { createObject, setNamespace } from './create.ts'
import { change, checkName } from './update.ts'

const typeByContentType: ReadonlyMap<string, PatchType | 'apply'> = new Map(
  Object.entries(patchContentTypes).map(([type, contentType]) => [contentType, type as PatchType | 'apply']),
)

export function patchTypeOf(call: KindCall): PatchType | 'apply' {
  const type = typeByContentType.get(contentTypeOf(call.request))
  if (type === undefined) throw unsupportedMediaType(Object.values(patchContentTypes))
  return type
}

export async function patch(call: KindCall, subresource = ''): Promise<ApiResponse> {
  const type = patchTypeOf(call)
  const query = writeQuery(call.request.query, 'PatchOptions', type === 'apply')
  const body = patchBody(call, type, query.fieldValidation !== 'Ignore')
  return type === 'apply' ? apply(call, body, query, subresource) : merge(call, type, body, query, subresource)
}

/** What is in the body, of which an apply has to say what it is about. */
export function patchBody(call: KindCall, type: PatchType | 'apply', findDuplicates = false): ParsedBody {
  const format = type === 'apply' ? 'yaml' : 'json'
  const body = parsedPlainBody(call.request, { format, doing: doing[type], findDuplicates })
  if (body.value === undefined) throw badRequest('error decoding patch: unexpected end of JSON input')
  if (type === 'apply') checkApply(call, body.value)
  return body
}

/** What upstream's text of an error in the body begins with. */
const doing: Readonly<Record<PatchType | 'apply', string>> = {
  json: 'error decoding patch: ',
  merge: 'error decoding patch: ',
  strategic: '',
  apply: 'error decoding YAML: ',
}

async function merge(
  call: KindCall,
  type: PatchType,
  { value: body, duplicates }: ParsedBody,
  query: WriteQuery,
  subresource: string,
): Promise<ApiResponse> {
  const { kind } = call
  const fieldManager = managerOf(call, query.fieldManager)
  const stored = await change(call, { dryRun: query.dryRun, fieldManager, subresource }, (current) => {
    const patched = applyPatch({ kind, type, patch: body, current: objectOf(current) })
    const shown = () => (type === 'strategic' ? formatGo(body) : JSON.stringify(patched))
    const found = type === 'json' && query.fieldValidation !== 'Ignore' ? inSteps(body, duplicates) : duplicates
    const refuse = (why: string) => misfit(shown(), why)
    return decoded(call, patched, query, { duplicates: found, refuse, body: () => JSON.stringify(patched) })
  })
  return objectAnswer(call, 200, stored)
}

const stepFields: ReadonlySet<string> = new Set(['op', 'path', 'from', 'value'])

/** What is too much in the steps of a JSON patch, in upstream's words. */
function inSteps(body: unknown, duplicates: readonly string[]): readonly string[] {
  const unknown = (body as readonly object[]).flatMap((step, i) =>
    Object.keys(step).flatMap((field) => (stepFields.has(field) ? [] : [`unknown field "[${i}].${field}"`])),
  )
  return [...unknown, ...duplicates].map((text) => `json patch ${text}`)
}

/** The patch applies, but what comes out is no object of the kind. Upstream names no kind here. */
function misfit(shown: string, why: string): Error {
  const errors = new FieldErrors()
  errors.invalid('patch', shown, why)
  return invalid({ group: '', kind: '' }, '', errors.all)
}

async function apply(
  call: KindCall,
  { value: body, duplicates }: ParsedBody,
  query: WriteQuery,
  subresource: string,
): Promise<ApiResponse> {
  const { info, kind, registry, core } = call
  const versions = versionsOf(core, kind)
  const merged = (old: ApiObject | undefined) =>
    applyServerSide({
      kind,
      applied: body as object,
      live: old,
      manager: query.fieldManager,
      force: query.force,
      ...(subresource === '' ? {} : { subresource }),
      nowMs: core.clock.now(),
      versions,
    })
  const checked = (next: object): ApiObject => {
    // Told after what is wrong with the fields themselves, as upstream does.
    if (query.fieldValidation === 'Strict' && duplicates.length > 0)
      throw badRequest(`error strict decoding YAML: ${duplicatesInYaml}${duplicates.join('\n  ')}`)
    warn(call, duplicates)
    return decoded(call, next, query)
  }
  const applied = (old: ApiObject | undefined): ApiObject | Promise<ApiObject> => {
    const next = registry.read(() => merged(old))
    return next instanceof Promise ? next.then(checked) : checked(next)
  }
  const options = { dryRun: query.dryRun, fieldManager: '', subresource }
  if (!(await registry.read(() => registry.find(info.namespace, info.name)))) {
    if (subresource !== '') throw notFound(kind, info.name)
    const fresh = await applied(undefined)
    const { uid } = fresh.metadata
    if (uid) throw conflict(kind, info.name, noneOfUid(uid))
    // As upstream, which creates it whichever version of it the client has seen.
    delete fresh.metadata.resourceVersion
    return objectAnswer(call, 201, await createObject(call, fresh, options))
  }
  const stored: StoredObject = await change(call, options, (current) => applied(objectOf(current)))
  return objectAnswer(call, 200, stored)
}

const noneOfUid = (uid: string): string =>
  `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`

const duplicatesInYaml = 'error converting YAML to JSON: yaml: unmarshal errors:\n  '

function warn({ warnings }: KindCall, found: readonly string[]): void {
  for (const warning of found) if (!warnings.includes(warning)) warnings.push(warning)
}

function checkApply({ info, kind }: KindCall, body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest(`error decoding YAML: ${cannotUnmarshal(body, 'map[string]interface {}')}`)
  const apiVersion = textAt(body, 'apiVersion')
  if ('apiVersion' in body && apiVersion !== kind.apiVersion)
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${kind.apiVersion}`,
    )
  const { metadata } = body as Partial<ApiObject>
  const name = typeof metadata === 'object' && metadata !== null ? textAt(metadata, 'name') : ''
  if (name !== '' && name !== info.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
}

function decoded(
  call: KindCall,
  value: unknown,
  { fieldValidation: strictness }: WriteQuery,
  options: Pick<DecodeOptions, 'refuse' | 'duplicates' | 'body'> = {},
): ApiObject {
  const { core, kind, info } = call
  const kindOf = (apiVersion: string, name: string) => core.kinds.kindOf(apiVersion, name)
  const { object, warnings } = decode<ApiObject>(kind, value, { strictness, kindOf, ...options })
  warn(call, warnings)
  object.metadata.name ??= info.name
  checkName(call, object)
  setNamespace(object, kind.namespaced ? info.namespace : '')
  return object
}
