// GET of one object: the bytes that the store holds.

import type { KindCall } from '../call.ts'
import { objectAnswer } from '../encode/object.ts'
import { parseRevision } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { tooLargeRevision } from './list.ts'

export async function get(call: KindCall): Promise<ApiResponse> {
  const { core, info, registry, request } = call
  const asked = parseRevision(request.query.get('resourceVersion') ?? '')
  if (asked !== undefined && asked > core.store.revision) throw tooLargeRevision(asked, core.store.revision)
  return objectAnswer(call, 200, await registry.read(() => registry.get(info.namespace, info.name)))
}
