// What has a path below an object: the parts of it, its scale, and requests about it. Those that connect to a
// running container are registered from outside.

import { admitRequest } from '../admission/admission.ts'
import { methodNotAllowed, noSuchResource } from '../answer.ts'
import { denied } from '../authz/denied.ts'
import { attributesOf, type Call, type KindCall } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { connectOptions } from './connect-options.ts'
import { part } from './part.ts'
import { podBinding } from './pod-binding.ts'
import { podEviction } from './pod-eviction.ts'
import { projections } from './projection.ts'
import { scale } from './scale.ts'
import { serviceAccountToken } from './service-account-token.ts'
import { virtualResources } from './virtual.ts'

export type SubresourceHandler = (call: KindCall) => Promise<ApiResponse>

/** By `<plural>/<name>`. */
const handlers: Readonly<Record<string, SubresourceHandler>> = {
  'pods/binding': podBinding,
  'pods/eviction': podEviction,
  'serviceaccounts/token': serviceAccountToken,
}

/** Undefined: there is no such subresource. */
export async function answerSubresource(call: KindCall): Promise<ApiResponse | undefined> {
  const { core, info, kind, request } = call
  const { subresource } = info
  if (subresource === 'status') return kind.status ? part(call) : undefined
  if (subresource === 'scale') return kind.scale ? scale(call) : undefined
  const path = `${kind.plural}/${subresource}`
  const handler = handlers[path]
  if (handler) return handler(call)
  const declared = kind.subresources.find(({ name }) => name === subresource)
  if (declared && projections[subresource]) return part(call, declared.verbs)
  const connect = core.connect[path]
  if (!connect) return undefined
  // What is proxied knows its own methods.
  if (declared && subresource !== 'proxy' && !declared.verbs.includes(info.verb)) throw methodNotAllowed()
  if (info.verb === 'get' && changing.has(path)) await needsCreate(call)
  const options = connectOptions(path, call)
  if (options) await admitRequest(call, options, false, 'CONNECT')
  return connect({ request, namespace: info.namespace, name: info.name, rest: info.rest })
}

/** What connects with a container can change it: a WebSocket, which begins with a GET, is no mere reading. */
const changing: ReadonlySet<string> = new Set(['pods/exec', 'pods/attach', 'pods/portforward'])

async function needsCreate(call: KindCall): Promise<void> {
  const attributes = { ...attributesOf(call), verb: 'create' }
  const decision = await call.core.authorize(attributes)
  if (!decision.allowed) throw denied(attributes, decision.reason)
}

/** Resources without a place in the store; undefined: there is no such resource. */
export async function answerVirtual(call: Call): Promise<ApiResponse | undefined> {
  const { core, info } = call
  const { group, version, resource, namespace, name, subresource, verb } = info
  const virtual = virtualResources.find(
    ({ kind }) => kind.group === group && kind.version === version && kind.plural === resource,
  )
  if (!virtual) return undefined
  const { kind, answer } = virtual
  if (subresource !== '' || (!kind.namespaced && namespace !== '')) throw noSuchResource()
  if (!kind.verbs.includes(verb) || (verb === 'create' && name !== '')) throw methodNotAllowed()
  return answer({ ...call, kind, registry: core.registries.of(kind) })
}
