// The parts of an object that have a path of their own. Every kind's status and scale are served here from what
// the kind declares; the others are listed by `<plural>/<name>`, and those that connect to a running container
// are registered from outside.

import type { AnyKind } from '#api/kind.ts'
import { methodNotAllowed } from '../answer.ts'
import type { Call, KindCall } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { status } from './status.ts'

export type SubresourceHandler = (call: KindCall) => Promise<ApiResponse>

const handlers: Readonly<Record<string, SubresourceHandler>> = {}

/** Undefined: there is no such subresource. */
export async function subresourceVerb(
  call: Call | KindCall,
  kind: AnyKind | undefined,
): Promise<ApiResponse | undefined> {
  const { core, info } = call
  if (!kind) return undefined
  const kindCall = call as KindCall
  if (info.subresource === 'status' && kind.status) return status(kindCall)
  const handler = handlers[`${kind.plural}/${info.subresource}`]
  if (handler) return handler(kindCall)
  const connect = core.connect[`${kind.plural}/${info.subresource}`]
  if (!connect) return undefined
  if (info.name === '') throw methodNotAllowed()
  return connect({ request: call.request, namespace: info.namespace, name: info.name, rest: info.rest })
}
