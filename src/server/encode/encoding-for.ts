// Which form of the objects a request gets.

import type { Registry } from '../registry.ts'
import type { ApiRequest } from '../request.ts'
import type { Encoding } from './encoding.ts'
import { JsonEncoding } from './json.ts'
import { type Media, negotiate } from './negotiate.ts'
import { PartialEncoding } from './partial.ts'
import { ProtobufEncoding } from './protobuf.ts'
import { TableEncoding } from './table.ts'
import { YamlEncoding } from './yaml.ts'

/** Custom resources have no protobuf. */
const withoutProtobuf: ReadonlySet<Media> = new Set(['json', 'yaml'])
const available: ReadonlySet<Media> = new Set(['json', 'yaml', 'protobuf'])

const jsonEncodings = new WeakMap<Registry, JsonEncoding>()

function jsonEncoding(registry: Registry): JsonEncoding {
  const known = jsonEncodings.get(registry)
  if (known) return known
  const encoding = new JsonEncoding(registry)
  jsonEncodings.set(registry, encoding)
  return encoding
}

export function encodingFor(registry: Registry, request: ApiRequest, nowMs: number): Encoding {
  const { kind } = registry
  // What is only created is a question, and nothing that could be listed.
  const plain = !kind.verbs.includes('get')
  const format = negotiate(request.headers.accept, kind.custom ? withoutProtobuf : available, plain)
  if (format.media === 'protobuf') return new ProtobufEncoding(registry.kind)
  const json = jsonEncoding(registry)
  const encoding =
    format.as === 'table'
      ? new TableEncoding(registry.kind, format.version, request.query.get('includeObject') ?? '', nowMs)
      : format.as === 'partial'
        ? new PartialEncoding(format.version)
        : json
  const pretty = request.query.get('pretty')
  if (format.media === 'yaml' || pretty === 'true' || pretty === '1')
    return new YamlEncoding(encoding, format.media === 'yaml' ? 'yaml' : 'json')
  return encoding
}
