// From what is asked to who answers: verbs of kinds, subresources, and the paths that are no resource.

import type { AnyKind } from '#api/kind.ts'
import { StatusError } from '#api/status-error.ts'
import { proxy } from './aggregation/proxy.ts'
import type { Remote } from './aggregation/remote.ts'
import { methodNotAllowed, noSuchResource, pageNotFound } from './answer.ts'
import type { Call, Core, KindCall } from './call.ts'
import { formatFor } from './encode/encoding-for.ts'
import { nonResource } from './non-resource.ts'
import type { ApiResponse } from './request.ts'
import { olderReviews, reviews } from './reviews/index.ts'
import { answerReview } from './reviews/review.ts'
import { answerSubresource, answerVirtual } from './subresources/subresources.ts'
import { virtualKinds } from './subresources/virtual.ts'
import { create } from './verbs/create.ts'
import { remove } from './verbs/delete.ts'
import { deleteCollection } from './verbs/delete-collection.ts'
import { get } from './verbs/get.ts'
import { list } from './verbs/list.ts'
import { patch } from './verbs/patch.ts'
import { update } from './verbs/update.ts'
import { watch } from './verbs/watch.ts'

export type VerbHandler = (call: KindCall) => Promise<ApiResponse>

const verbs: Readonly<Record<string, VerbHandler>> = {
  get,
  list,
  watch,
  create,
  update: (call) => update(call),
  patch: (call) => patch(call),
  delete: remove,
  deletecollection: deleteCollection,
}

/** Verbs that are about one object. */
const needsName: ReadonlySet<string> = new Set(['get', 'update', 'patch', 'delete'])
/** Verbs that may be asked across namespaces. */
const acrossNamespaces: ReadonlySet<string> = new Set(['list', 'watch'])

export async function dispatch(call: Call): Promise<ApiResponse> {
  const { core, info, request } = call
  const remote = remoteOf(core, info)
  if (remote) return proxy(call, remote)
  if (!info.isResource) return nonResource(call)
  const kind = core.kinds.kindFor(info.group, info.version, info.resource) ?? olderReview(info)
  if (!kind) return (await answerVirtual(call)) ?? notServed(call)
  if (!scopeFits(kind, info.namespace, info.resource)) throw noSuchResource()
  if (kind.deprecated !== undefined) call.warnings.push(kind.deprecated)
  const kindCall: KindCall = { ...call, kind, registry: core.registries.of(kind) }
  if (info.subresource !== '') {
    const response = await answerSubresource(kindCall)
    if (response === undefined) throw noSuchResource()
    return response
  }
  const handler = verbs[info.verb]
  if (!handler || !kind.verbs.includes(info.verb)) throw methodNotAllowed()
  if (needsName.has(info.verb) && info.name === '') throw methodNotAllowed()
  if (request.method === 'POST' && info.name !== '') throw methodNotAllowed()
  if (kind.namespaced && info.namespace === '' && !acrossNamespaces.has(info.verb)) throw methodNotAllowed()
  if (kind.terminating && info.verb === 'create') throw definitionGoes(kind)
  // What cannot be answered in a form that the client takes is not done.
  if (request.method !== 'GET' && !request.raw) formatFor(kindCall.registry, request)
  const review = info.verb === 'create' ? reviews[kind.resource] : undefined
  return review ? answerReview(kindCall, review) : handler(kindCall)
}

const definitionGoes = ({ group, plural }: AnyKind): StatusError => {
  const text = 'create not allowed while custom resource definition is terminating'
  return new StatusError(405, 'MethodNotAllowed', text, { group, kind: plural })
}

/** Who else answers for the version that a path is about; undefined: this server does. */
export function remoteOf({ aggregation }: Core, { segments }: Call['info']): Remote | undefined {
  const [root, group, version] = segments
  if (!aggregation || root !== 'apis' || group === undefined || version === undefined) return undefined
  return aggregation.remoteFor(group, version)
}

const olderReview = ({ group, version, resource }: Call['info']): AnyKind | undefined =>
  olderReviews.find((kind) => kind.group === group && kind.version === version && kind.plural === resource)

/** Of a version that is served, its resources are known; of others nothing is. */
function notServed({ core, info }: Call): ApiResponse {
  const served = [...core.kinds.all, ...virtualKinds]
  if (served.some(({ group, version }) => group === info.group && version === info.version)) throw noSuchResource()
  return pageNotFound()
}

/** A resource of the cluster does not stand below a namespace; `namespaces/x` itself reads as if it did. */
const scopeFits = (kind: AnyKind, namespace: string, resource: string): boolean =>
  kind.namespaced || namespace === '' || resource === 'namespaces'
