// Questions in the form of objects: they are created, answered in their status, and never stored.

import { applyDefaults } from '#api/defaults.ts'
import { FieldErrors } from '#api/field-errors.ts'
import type { ApiObject } from '#api/kind.ts'
import { invalid } from '#api/status-error.ts'
import { admitRequest } from '../admission/admission.ts'
import { decodeBody } from '../body.ts'
import type { KindCall } from '../call.ts'
import { objectAnswer } from '../encode/object.ts'
import { writeQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { setNamespace } from '../verbs/create.ts'

/** The status that answers. */
export type Review = (call: KindCall, object: ApiObject) => Promise<object>

export async function answerReview(call: KindCall, review: Review): Promise<ApiResponse> {
  const { kind, info, registry, request } = call
  const query = writeQuery(request.query, 'CreateOptions')
  const object = decodeBody(call, kind, query.fieldValidation)
  applyDefaults(kind, object)
  setNamespace(object, kind.namespaced ? info.namespace : '')
  // What is checked is what admission has made of it.
  await admitRequest(call, object, query.dryRun)
  const errors = new FieldErrors()
  kind.strategy.validate?.(object, errors)
  if (errors.any) throw invalid(kind, object.metadata.name ?? '', errors.all)
  object.status = await review(call, object)
  return objectAnswer(call, 201, registry.unsaved(object))
}
