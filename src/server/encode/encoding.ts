// The forms in which objects leave the server. Every form answers the same questions; which one a request gets
// is negotiated here.

import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'
import type { Registry } from '../registry.ts'
import type { ApiRequest } from '../request.ts'
import { JsonEncoding } from './json.ts'
import { type Media, negotiate } from './negotiate.ts'
import { PartialEncoding } from './partial.ts'
import { ProtobufEncoding } from './protobuf.ts'
import { TableEncoding } from './table.ts'
import { YamlEncoding } from './yaml.ts'

export interface Page {
  readonly items: readonly StoredObject[]
  readonly resourceVersion: string
  readonly continue: string
  readonly remaining: number | undefined
}

export interface Bookmark {
  readonly revision: number
  /** The one that ends the initial events. */
  readonly initialEventsEnd: boolean
}

export interface Encoding {
  readonly contentType: string
  readonly watchContentType: string
  object(stored: StoredObject): readonly Uint8Array[]
  list(page: Page): readonly Uint8Array[]
  /** An ADDED event of something that has been there before the watch began. */
  initial(stored: StoredObject): Uint8Array
  event(type: EventType, change: Change): Uint8Array
  bookmark(bookmark: Bookmark): Uint8Array
}

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
