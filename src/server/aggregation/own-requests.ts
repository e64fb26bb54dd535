// What the server writes about APIServices, it writes as everybody does: through its own pipeline.

import { APIService } from '#api/apiregistration/api-service.ts'
import type { ApiRequest, ApiResponse, Handler, RequestBody, UserInfo } from '../request.ts'

const user: UserInfo = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] }
const collection = `/apis/${APIService.apiVersion}/${APIService.plural}`

export type Send = (method: string, path: string, object?: object) => Promise<ApiResponse>

/** `path` is below that of all APIServices. */
export const asServer =
  (handle: Handler, signal: AbortSignal): Send =>
  (method, path, object) => {
    const body: RequestBody = object === undefined ? { type: 'none' } : { type: 'object', object }
    const request: ApiRequest = {
      method,
      path: `${collection}${path}`,
      query: new URLSearchParams(),
      headers: { 'user-agent': 'apiserver' },
      body,
      user,
      signal,
      raw: true,
    }
    return handle(request)
  }
