// The paths that are no resource.

import { pageNotFound } from './answer.ts'
import type { Call } from './call.ts'
import type { ApiResponse } from './request.ts'

export async function nonResource(_call: Call): Promise<ApiResponse> {
  return pageNotFound()
}
