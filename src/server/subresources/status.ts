// <resource>/status: reads the whole object; a write changes its status alone.

import { methodNotAllowed } from '../answer.ts'
import type { KindCall } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { get } from '../verbs/get.ts'
import { patch } from '../verbs/patch.ts'
import { update } from '../verbs/update.ts'

export async function status(call: KindCall): Promise<ApiResponse> {
  switch (call.info.verb) {
    case 'get':
      return get(call)
    case 'update':
      return update(call, 'status')
    case 'patch':
      return patch(call, 'status')
    default:
      throw methodNotAllowed()
  }
}
