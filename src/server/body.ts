// The body of a request as an object of a kind: JSON or YAML, or what a caller in this process handed over. What
// was too much in it becomes warnings, or an error if the client asked for strictness.

import { decode, type Strictness } from '#api/decode.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { DeleteOptions } from '#api/meta/options.ts'
import { BodyError, type BodyFormat, type ParsedBody, parseBody, parseJson, parseYamlBody } from '#api/parse-body.ts'
import { ProtobufError } from '#api/protobuf.ts'
import { decodeProtobuf, protobufContentType } from '#api/protobuf-envelope.ts'
import type { AnySchema } from '#api/schema.ts'
import { badRequest, StatusError } from '#api/status-error.ts'
import { unrecognized } from '#api/type-meta.ts'
import { yamlDuplicates } from '#api/yaml.ts'
import { own } from '#lib/json.ts'
import type { Call } from './call.ts'
import type { ApiRequest } from './request.ts'

export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const contentTypeOf = (request: ApiRequest): string => {
  const header = request.headers['content-type'] ?? ''
  const at = header.indexOf(';')
  return (at < 0 ? header : header.slice(0, at)).trim().toLowerCase()
}

const formats: Readonly<Record<string, BodyFormat | 'protobuf'>> = {
  '': 'json',
  'application/json': 'json',
  'application/yaml': 'yaml',
  [protobufContentType]: 'protobuf',
}

function formatOf(request: ApiRequest): BodyFormat | 'protobuf' {
  const format = own(formats, contentTypeOf(request))
  if (format === undefined) throw unsupportedMediaType(Object.keys(formats).filter((type) => type !== ''))
  return format
}

const noBytes = new Uint8Array(0)

/** A fresh object of the kind, which the caller may change. */
export function decodeBody<T extends ApiObject = ApiObject>(
  { core, request, warnings }: Pick<Call, 'core' | 'request' | 'warnings'>,
  kind: AnyKind,
  strictness: Strictness,
): T {
  const { body } = request
  const { value, duplicates } = parsedObject(request, kind, strictness !== 'Ignore')
  const kindOf = (apiVersion: string, name: string) => core.kinds.kindOf(apiVersion, name)
  const sent = body.type === 'bytes' ? { body: () => body.bytes } : {}
  const decoded = decode<T>(kind, value, { strictness, duplicates, kindOf, ...sent })
  warnings.push(...decoded.warnings)
  return decoded.object
}

function parsedObject(request: ApiRequest, kind: AnyKind, findDuplicates: boolean): ParsedBody {
  const { body } = request
  if (body.type === 'object') return { value: body.object, duplicates: [] }
  if (body.type === 'none') return parseBody(kind, noBytes, 'json', false)
  const format = formatOf(request)
  if (format !== 'protobuf') return parseBody(kind, body.bytes, format, findDuplicates)
  if (kind.custom) throw unsupportedMediaType(['application/json', 'application/yaml'])
  return { value: fromProtobuf(kind, kind.schema, body.bytes), duplicates: [] }
}

function fromProtobuf(kind: Pick<AnyKind, 'kind'>, schema: AnySchema, bytes: Uint8Array): unknown {
  try {
    return decodeProtobuf(schema, bytes)
  } catch (error) {
    throw error instanceof ProtobufError ? unrecognized(kind, bytes, error.message) : error
  }
}

/** The options of a deletion; undefined where there are none. */
export function deleteBody(request: ApiRequest): unknown {
  const { body } = request
  if (body.type !== 'bytes' || contentTypeOf(request) !== protobufContentType) return plainBody(request)
  return body.bytes.length === 0 ? undefined : fromProtobuf({ kind: 'DeleteOptions' }, DeleteOptions, body.bytes)
}

/** For bodies that are not an object of a kind, as patches and DeleteOptions; undefined where there is none.
 *  `doing` is what the text of an error begins with. */
export const plainBody = (request: ApiRequest, format: BodyFormat = 'json', doing = ''): unknown =>
  parsedPlainBody(request, { format, doing }).value

export interface PlainBodyOptions {
  readonly format: BodyFormat
  readonly doing: string
  readonly findDuplicates?: boolean
}

/** The same, with the keys that stand twice in it. */
export function parsedPlainBody(
  request: ApiRequest,
  { format, doing, findDuplicates = false }: PlainBodyOptions,
): ParsedBody {
  const { body } = request
  if (body.type === 'object') return { value: body.object, duplicates: [] }
  if (body.type === 'none' || body.bytes.length === 0) return { value: undefined, duplicates: [] }
  try {
    const parsed = format === 'json' ? parseJson(body.bytes, findDuplicates) : parseYamlBody(body.bytes, findDuplicates)
    // Upstream reads what is YAML strictly as YAML, even if it is JSON: the text tells of lines.
    const isJson = format === 'yaml' && parsed.duplicates.length > 0
    return isJson ? { ...parsed, duplicates: yamlDuplicates(Buffer.from(body.bytes).toString()) } : parsed
  } catch (error) {
    throw error instanceof BodyError ? badRequest(doing + error.message) : error
  }
}
