// <resource>/scale: how many replicas are wanted and are there, in one form for all kinds that have replicas.

import { Scale } from '#api/autoscaling/scale.ts'
import { decode } from '#api/decode.ts'
import { FieldErrors } from '#api/field-errors.ts'
import type { ApiObject } from '#api/kind.ts'
import { badRequest, invalid } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import { methodNotAllowed } from '../answer.ts'
import { decodeBody } from '../body.ts'
import type { KindCall } from '../call.ts'
import { objectAnswer } from '../encode/object.ts'
import { writeQuery } from '../options.ts'
import { applyPatch } from '../patch/index.ts'
import type { ApiResponse } from '../request.ts'
import { draftOf, objectOf } from '../stored.ts'
import { patchBody, patchTypeOf } from '../verbs/patch.ts'
import { change } from '../verbs/update.ts'
import { managerOf } from '../write.ts'
import { applyScale } from './scale-apply.ts'
import { scaleOf } from './scale-of.ts'

export async function scale(call: KindCall): Promise<ApiResponse> {
  const { info, kind, registry, request } = call
  switch (info.verb) {
    case 'get':
      return answer(call, await registry.read(() => registry.get(info.namespace, info.name)))
    case 'update': {
      const { fieldValidation } = writeQuery(request.query, 'UpdateOptions')
      const wanted = decodeBody<Scale>(call, Scale, fieldValidation)
      return write(call, () => wanted)
    }
    case 'patch': {
      const type = patchTypeOf(call)
      const { value: body } = patchBody({ ...call, kind: Scale }, type)
      if (type === 'apply') return apply(call, body as object)
      return write(call, (current) => {
        const patched = applyPatch({ kind: Scale, type, patch: body, current: scaleOf(kind, objectOf(current)) })
        return decode<Scale>(Scale, patched).object
      })
    }
    default:
      throw methodNotAllowed()
  }
}

async function write(call: KindCall, wanted: (current: StoredObject) => Scale): Promise<ApiResponse> {
  const { info, request } = call
  const { dryRun, fieldManager } = writeQuery(request.query, info.verb === 'patch' ? 'PatchOptions' : 'UpdateOptions')
  const options = { dryRun, fieldManager: managerOf(call, fieldManager), subresource: 'scale' }
  return answer(call, await change(call, options, (current) => scaled(call, draftOf(current), wanted(current))))
}

async function apply(call: KindCall, applied: object): Promise<ApiResponse> {
  const { kind, request, core } = call
  const { dryRun, fieldManager: manager, force } = writeQuery(request.query, 'PatchOptions', true)
  const nowMs = core.clock.now()
  const stored = await change(call, { dryRun, fieldManager: '', subresource: 'scale' }, (current) => {
    const { scale, object } = applyScale({ kind, current: draftOf(current), applied, manager, force, nowMs })
    return scaled(call, object, scale)
  })
  return answer(call, stored)
}

/** The draft with the replicas that the Scale wants. */
function scaled({ kind, info }: KindCall, draft: ApiObject, scale: Scale): ApiObject {
  check(scale, info.name)
  kind.scale!.setSpecReplicas(draft, scale.spec.replicas ?? 0)
  const { resourceVersion = '', uid = '' } = scale.metadata
  // Without one, it is about what was read.
  if (resourceVersion !== '') draft.metadata.resourceVersion = resourceVersion
  if (uid !== '') draft.metadata.uid = uid
  return draft
}

/** In whatever form the client asks for, as any object. */
function answer(call: KindCall, stored: StoredObject): ApiResponse | Promise<ApiResponse> {
  const registry = call.core.registries.of(Scale)
  const shown = registry.unsaved(scaleOf(call.kind, objectOf(stored)))
  return objectAnswer({ ...call, kind: Scale, registry }, 200, shown)
}

function check(scale: Scale, name: string): void {
  const given = scale.metadata.name ?? ''
  if (given !== '' && given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
  const replicas = scale.spec.replicas ?? 0
  if (replicas >= 0) return
  const errors = new FieldErrors()
  errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
  throw invalid(Scale, name, errors.all)
}
