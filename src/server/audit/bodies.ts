// What was sent and what was answered, as values, for the records that hold them: out of whichever form they had on
// the wire. What cannot be read is left out; it has been answered with an error anyway.

import { gunzipSync } from 'node:zlib'
import { parseJson, parseYamlBody } from '#api/parse-body.ts'
import { decodeProtobuf, protobufContentType } from '#api/protobuf-envelope.ts'
import { parseExact } from '#lib/exact-json.ts'
import { contentTypeOf } from '../body.ts'
import type { Call } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { objectOf } from '../stored.ts'

function fromProtobuf({ core, info }: Call, bytes: Uint8Array): unknown {
  const kind = core.kinds.kindFor(info.group, info.version, info.resource)
  if (!kind || info.subresource !== '') return undefined
  return { kind: kind.kind, apiVersion: kind.apiVersion, ...(decodeProtobuf(kind.schema, bytes) as object) }
}

export function requestObject(call: Call): unknown {
  const { body } = call.request
  if (body.type === 'object') return body.object
  if (body.type === 'none' || body.bytes.length === 0) return undefined
  const type = contentTypeOf(call.request)
  try {
    if (type === protobufContentType) return fromProtobuf(call, body.bytes)
    return (type.endsWith('yaml') ? parseYamlBody(body.bytes) : parseJson(body.bytes)).value
  } catch {
    return undefined
  }
}

export function responseObject(call: Call, { headers, body }: ApiResponse): unknown {
  if (body.type === 'object') return body.object
  if (body.type === 'list')
    return { items: body.items.map(objectOf), metadata: { resourceVersion: body.resourceVersion } }
  if (body.type !== 'bytes') return undefined
  const type = String(headers['content-type'] ?? '')
  const joined = Buffer.concat(body.chunks)
  try {
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(joined) : joined
    if (type.startsWith(protobufContentType)) return fromProtobuf(call, bytes)
    return type.startsWith('application/json') ? parseExact(bytes.toString()) : undefined
  } catch {
    return undefined
  }
}
