// PATCH: what is there, changed as the patch says, and then written as an update is. An apply to what is not
// there creates it.

import { decode } from '#api/decode.ts'
import { applyDefaults } from '#api/defaults.ts'
import type { ApiObject } from '#api/kind.ts'
import { badRequest, notFound } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import { contentTypeOf, plainBody, unsupportedMediaType } from '../body.ts'
import type { KindCall } from '../call.ts'
import { objectAnswer } from '../encode/object.ts'
import { type WriteQuery, writeQuery } from '../options.ts'
import { applyPatch, applyServerSide, type PatchType, patchContentTypes } from '../patch/index.ts'
import type { ApiResponse } from '../request.ts'
import { objectOf } from '../stored.ts'
import { managerOf } from '../write.ts'
import { createObject, setNamespace } from './create.ts'
import { change } from './update.ts'

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
  const query = writeQuery(call.request.query, 'PatchOptions')
  if (query.force && type !== 'apply')
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    )
  const body = plainBody(call.request, type === 'apply' ? 'yaml' : 'json')
  if (body === undefined) throw badRequest('error decoding patch: unexpected end of JSON input')
  return type === 'apply' ? apply(call, body, query, subresource) : merge(call, type, body, query, subresource)
}

async function merge(
  call: KindCall,
  type: PatchType,
  body: unknown,
  query: WriteQuery,
  subresource: string,
): Promise<ApiResponse> {
  const { kind } = call
  const fieldManager = managerOf(call, query.fieldManager)
  const stored = await change(call, { dryRun: query.dryRun, fieldManager, subresource }, (current) =>
    decoded(call, applyPatch({ kind, type, patch: body, current: objectOf(current) }), query),
  )
  return objectAnswer(call, 200, stored)
}

async function apply(call: KindCall, body: unknown, query: WriteQuery, subresource: string): Promise<ApiResponse> {
  const { info, kind, registry, core } = call
  checkApply(call, body, query)
  const applied = (old: ApiObject | undefined): ApiObject => {
    const next = applyServerSide({
      kind,
      applied: body as object,
      live: old,
      manager: query.fieldManager,
      force: query.force,
      ...(subresource === '' ? {} : { subresource }),
      nowMs: core.clock.now(),
    })
    return decoded(call, next, query)
  }
  const options = { dryRun: query.dryRun, fieldManager: '', subresource }
  if (!registry.find(info.namespace, info.name)) {
    if (subresource !== '') throw notFound(kind, info.name)
    const object = applied(undefined)
    setNamespace(object, kind.namespaced ? info.namespace : '')
    return objectAnswer(call, 201, await createObject(call, object, options))
  }
  const stored: StoredObject = await change(call, options, (current) => applied(objectOf(current)))
  return objectAnswer(call, 200, stored)
}

function checkApply({ info, kind }: KindCall, body: unknown, query: WriteQuery): void {
  if (query.fieldManager === '')
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    )
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('error decoding YAML: the patch must be an object')
  const { apiVersion, metadata } = body as Partial<ApiObject>
  if (apiVersion !== undefined && apiVersion !== kind.apiVersion)
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${kind.apiVersion}`,
    )
  const name = metadata?.name ?? ''
  if (name !== '' && name !== info.name)
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
}

function decoded({ kind, info, warnings }: KindCall, value: unknown, query: WriteQuery): ApiObject {
  const { object, warnings: found } = decode<ApiObject>(kind, value, { strictness: query.fieldValidation })
  for (const warning of found) if (!warnings.includes(warning)) warnings.push(warning)
  applyDefaults(kind, object)
  object.metadata.name ??= info.name
  return object
}
