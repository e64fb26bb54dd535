// /openapi/v2 and /openapi/v3: what the kinds are made of, for clients that validate, merge and explain. The
// documents are made when first asked for after a change of the kinds.

import type { KindRegistry } from '#api/kind-registry.ts'
import { OpenApiV2, protobufAccepted, protobufType } from '#api/openapi-v2.ts'
import { type OpenApiDocument, OpenApiV3 } from '#api/openapi-v3.ts'
import { mergedV2, mergedV3Index, remoteV3 } from './aggregation/openapi.ts'
import { pageNotFound } from './answer.ts'
import type { Call } from './call.ts'
import { bytesAnswer } from './encode/gzip.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import { virtualKinds } from './subresources/virtual.ts'
import { versionInfo } from './version.ts'

const info = { title: 'Kubernetes', version: versionInfo.gitVersion }

interface Documents {
  readonly v2: OpenApiV2
  readonly v3: OpenApiV3
}

const byKinds = new WeakMap<KindRegistry, Documents>()

function documentsOf(kinds: KindRegistry): Documents {
  const known = byKinds.get(kinds)
  if (known) return known
  const documents = {
    v2: new OpenApiV2(kinds, info, virtualKinds),
    v3: new OpenApiV3(kinds, info, virtualKinds),
  }
  byKinds.set(kinds, documents)
  return documents
}

export async function openApi(call: Call): Promise<ApiResponse> {
  const { core, info: asked, request } = call
  const [, version, ...path] = asked.segments
  const { v2, v3 } = documentsOf(core.kinds)
  if (version === 'v2' && path.length === 0) {
    const merged = await mergedV2(core, v2)
    const protobuf = request.headers.accept?.includes(protobufAccepted) === true
    return protobuf ? answer(call, merged.protobuf, protobufType) : answer(call, merged.json, 'application/json')
  }
  if (version !== 'v3') return pageNotFound()
  if (path.length === 0) return answer(call, await mergedV3Index(core, v3), 'application/json')
  const elsewhere = await remoteV3(call, path)
  if (elsewhere && 'status' in elsewhere) return elsewhere
  const document = elsewhere ?? v3.document(path.join('/'))
  if (!document) return pageNotFound()
  const hash = request.query.get('hash')
  // A link with an old hash is sent on to the new one; one with the right hash never changes.
  if (hash !== null && hash !== document.hash) return redirect(request, document)
  const cached = hash === null ? {} : { 'cache-control': 'public, immutable' }
  return answer(call, document, 'application/json', cached)
}

const redirect = ({ path }: ApiRequest, { hash }: OpenApiDocument): ApiResponse => ({
  status: 301,
  headers: { location: `${path}?hash=${hash}` },
  body: { type: 'none' },
})

async function answer(
  call: Call,
  { bytes, hash }: OpenApiDocument,
  type: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ApiResponse> {
  const etag = `"${hash}"`
  const headers = { etag, vary: 'Accept', ...more }
  if (call.request.headers['if-none-match'] === etag) return { status: 304, headers, body: { type: 'none' } }
  const response = await bytesAnswer(call, 200, type, [bytes])
  return { ...response, headers: { ...response.headers, ...headers } }
}
