// The answer that is one stored object, in the form the client wants.

import type { StoredObject } from '#store/store.ts'
import type { KindCall } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { objectOf } from '../stored.ts'
import { encodingFor } from './encoding-for.ts'
import { bytesAnswer } from './gzip.ts'

export function objectAnswer(call: KindCall, status: number, stored: StoredObject): ApiResponse | Promise<ApiResponse> {
  const { core, registry, request } = call
  if (request.raw) return { status, headers: {}, body: { type: 'object', object: objectOf(stored) } }
  const encoding = encodingFor(registry, request, core.clock.now(), 'object')
  return bytesAnswer(call, status, encoding.contentType, encoding.object(stored))
}
