// Subresources that are a part of an object: status, ephemeralcontainers, resize, finalize, approval. A read gives
// the whole object; a write changes that part alone.

import { methodNotAllowed } from '../answer.ts'
import type { KindCall } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { get } from '../verbs/get.ts'
import { patch } from '../verbs/patch.ts'
import { update } from '../verbs/update.ts'

const verbs: Readonly<Record<string, (call: KindCall) => Promise<ApiResponse>>> = {
  get,
  update: (call) => update(call, call.info.subresource),
  patch: (call) => patch(call, call.info.subresource),
}

export async function part(call: KindCall, allowed: readonly string[] = Object.keys(verbs)): Promise<ApiResponse> {
  const { verb } = call.info
  const handler = verbs[verb]
  if (!handler || !allowed.includes(verb)) throw methodNotAllowed()
  return handler(call)
}
