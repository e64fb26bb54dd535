// Which form of the objects a request gets.

import type { AnyKind } from '#api/kind.ts'
import type { Registry } from '../registry.ts'
import type { ApiRequest } from '../request.ts'
import type { Encoding } from './encoding.ts'
import { JsonEncoding } from './json.ts'
import { type Format, negotiate, notAcceptable, type Offer } from './negotiate.ts'
import { PartialEncoding } from './partial.ts'
import { partialProtobufEncoding, protobufEncoding } from './protobuf.ts'
import { TableEncoding } from './table.ts'
import { YamlEncoding } from './yaml.ts'

const jsonEncodings = new WeakMap<Registry, JsonEncoding>()

function jsonEncoding(registry: Registry): JsonEncoding {
  const known = jsonEncodings.get(registry)
  if (known) return known
  const encoding = new JsonEncoding(registry)
  jsonEncodings.set(registry, encoding)
  return encoding
}

export type AnswerShape = NonNullable<Offer['shape']>

/** `shape` is what is asked for in the form, where there may be a doubt. Throws a StatusError (406). */
export function encodingFor(registry: Registry, request: ApiRequest, nowMs: number, shape?: AnswerShape): Encoding {
  const format = formatFor(registry, request, shape)
  if (format.media === 'protobuf')
    return format.as === 'object' ? protobufEncoding(registry.kind) : partialProtobufEncoding(format.version)
  const json = jsonEncoding(registry)
  const encoding =
    format.as === 'table'
      ? new TableEncoding(registry.kind, format.version, request.query.get('includeObject') ?? '', nowMs)
      : format.as === 'object'
        ? json
        : new PartialEncoding(format.version)
  if (format.media === 'yaml') return new YamlEncoding(encoding, 'yaml')
  return isForPeople(request) ? new YamlEncoding(encoding, 'json') : encoding
}

/** For whoever is about to change something: what cannot be answered is not to be done. */
export function formatFor({ kind }: Registry, { headers }: ApiRequest, shape?: AnswerShape): Format {
  // What is only created is a question, and nothing that could be listed.
  const plain = !kind.verbs.includes('get')
  const format = negotiate(headers.accept, { protobuf: !kind.custom, plain, shape })
  if (format.as === 'partial' && shape === 'list')
    throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (${goType(kind)}List)`)
  if (format.as === 'partialList' && shape === 'object')
    throw notAcceptable(
      `you requested PartialObjectMetadataList, but the requested object is not a list (${goType(kind)})`,
    )
  return format
}

/** How upstream's server names the type of an object. */
const goType = ({ custom, group, kind }: AnyKind): string =>
  custom ? '*unstructured.Unstructured' : `*${group.split('.')[0] || 'core'}.${kind}`

const yes: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])

/** As upstream, which indents for those who look with a browser or by hand, unless they say otherwise. */
function isForPeople({ query, headers }: ApiRequest): boolean {
  const pretty = query.get('pretty')
  return pretty ? yes.has(pretty) : /^(curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '')
}
