// OpenAPI for everything that is served under this server's address: version 2 as one document, version 3 as one index
// whose documents are answered by whoever answers for the group and version. Made anew when a part has changed.

import type { JsonSchema } from '#api/openapi-schema.ts'
import type { OpenApiV2 } from '#api/openapi-v2.ts'
import { encodeOpenApiV2 } from '#api/openapi-v2-protobuf.ts'
import { documentOf, type OpenApiDocument, type OpenApiV3 } from '#api/openapi-v3.ts'
import type { Call, Core } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { type BackendDocuments, documentsUser } from './documents.ts'
import { mergeOpenApi, type PartialDocument } from './merge-openapi.ts'
import { proxy } from './proxy.ts'
import type { Remote } from './remote.ts'

interface Both {
  readonly json: OpenApiDocument
  readonly protobuf: OpenApiDocument
}

interface Merged extends Both {
  readonly base: OpenApiDocument
  readonly parts: readonly PartialDocument[]
}

const merges = new WeakMap<OpenApiV2, Merged>()

const parse = (document: OpenApiDocument): JsonSchema =>
  JSON.parse(Buffer.from(document.bytes).toString()) as JsonSchema

function merge(base: OpenApiDocument, parts: readonly PartialDocument[]): Merged {
  const document = mergeOpenApi(parse(base), parts)
  let protobuf: OpenApiDocument | undefined
  return {
    base,
    parts,
    json: documentOf(Buffer.from(JSON.stringify(document))),
    get protobuf() {
      protobuf ??= documentOf(encodeOpenApiV2(document))
      return protobuf
    },
  }
}

/** This server's own where nobody else has something to say. */
export async function mergedV2({ aggregation }: Core, own: OpenApiV2): Promise<Both> {
  if (!aggregation) return own
  const said = await Promise.all([...aggregation.remotes].map((remote) => aggregation.documents.v2(remote)))
  const parts = said.filter((part) => part !== undefined)
  if (parts.length === 0) return own
  const base = own.json
  const known = merges.get(own)
  const isSame = known?.base === base && known.parts.length === parts.length
  if (isSame && known.parts.every((part, i) => part === parts[i])) return known
  const merged = merge(base, parts)
  merges.set(own, merged)
  return merged
}

export async function mergedV3Index({ aggregation }: Core, own: OpenApiV3): Promise<OpenApiDocument> {
  if (!aggregation) return own.index
  const urls = await Promise.all([...aggregation.remotes].map((remote) => v3UrlOf(remote, aggregation.documents)))
  const found = urls.filter((each) => each !== undefined)
  if (found.length === 0) return own.index
  const paths = parse(own.index).paths as Record<string, object>
  const all = [...Object.entries(paths), ...found.map(([path, url]) => [path, { serverRelativeURL: url }] as const)]
  all.sort(([a], [b]) => (a < b ? -1 : 1))
  return documentOf(Buffer.from(JSON.stringify({ paths: Object.fromEntries(all) })))
}

async function v3UrlOf(remote: Remote, documents: BackendDocuments): Promise<readonly [string, string] | undefined> {
  const path = remote.path.slice(1)
  const url = await documents.v3Url(remote)
  if (url !== undefined) return [path, url]
  const made = await documents.v3(remote)
  return made && [path, `/openapi/v3/${path}?hash=${made.hash}`]
}

/** The answer of the server whose version it is, or what is made of its version 2; undefined: it is this server's. */
export async function remoteV3(
  call: Call,
  path: readonly string[],
): Promise<ApiResponse | OpenApiDocument | undefined> {
  const { aggregation } = call.core
  const [root, group = '', version = ''] = path
  const remote = root === 'apis' && path.length === 3 ? aggregation?.remoteFor(group, version) : undefined
  if (!aggregation || !remote) return undefined
  // The hash may be one that the other server has had until now: it would send the client on, which is not passed on.
  const query = new URLSearchParams(call.request.query)
  query.delete('hash')
  const own = { ...call, user: documentsUser, request: { ...call.request, query } }
  if ((await aggregation.documents.v3Url(remote)) !== undefined) return proxy(own, remote)
  return (await aggregation.documents.v3(remote)) ?? proxy(own, remote)
}
