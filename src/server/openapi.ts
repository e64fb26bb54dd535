// /openapi/v2 and /openapi/v3: what the kinds are made of, for clients that validate, merge and explain.

import { pageNotFound } from './answer.ts'
import type { Call } from './call.ts'
import type { ApiResponse } from './request.ts'

export function openApi(_call: Call): ApiResponse {
  return pageNotFound()
}
