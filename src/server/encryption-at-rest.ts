// /pinnace.dev/encryption: with which keys values are encrypted on the disk, and, by a POST to .../rotate, with a new
// one from now on. With `?wait=true` the answer comes when every value has been written anew.

import { StatusError } from '#api/status-error.ts'
import { json, methodNotAllowed, pageNotFound } from './answer.ts'
import type { Call } from './call.ts'
import type { ApiResponse } from './request.ts'

export async function encryptionAtRest({ core, info, request }: Call): Promise<ApiResponse> {
  const { encryption } = core
  const [, what, verb, ...more] = info.segments
  if (!encryption || what !== 'encryption' || more.length > 0) return pageNotFound()
  if (verb === undefined) {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed()
    return json(200, encryption.status)
  }
  if (verb !== 'rotate') return pageNotFound()
  if (request.method !== 'POST') throw methodNotAllowed()
  if (!(await encryption.rotate()))
    throw new StatusError(409, 'Conflict', 'The last change of keys is still under way: try again when it is done')
  if (request.query.get('wait') === 'true') await encryption.settled
  return json(200, encryption.status)
}
