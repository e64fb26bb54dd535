// Only the metadata of objects, in protobuf: what the caches of operators and of the garbage collector ask for, of
// custom kinds too, whose objects have no protobuf of their own.

import type { ApiObject } from '#api/kind.ts'
import { encodeMessage } from '#api/protobuf.ts'
import {
  envelope,
  protobufContentType,
  protobufList,
  protobufWatchContentType,
  protobufWatchFrame,
} from '#api/protobuf-envelope.ts'
import type { StatusBody } from '#api/status-error.ts'
import { PartialObjectMetadata } from '#api/wire-types.ts'
import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'
import { objectOf } from '../stored.ts'
import type { Bookmark, Encoding, Page } from './encoding.ts'
import { errorFrame, listMetaOf } from './protobuf.ts'

const bytesOf = ({ metadata }: Pick<ApiObject, 'metadata'>): Uint8Array =>
  encodeMessage(PartialObjectMetadata, { metadata })

export class PartialProtobufEncoding implements Encoding {
  readonly contentType = protobufContentType
  readonly watchContentType = protobufWatchContentType
  readonly #version: string

  constructor(version: string) {
    this.#version = version
  }

  object(stored: StoredObject): readonly Uint8Array[] {
    return this.#enveloped(objectOf(stored))
  }

  list(page: Page): readonly Uint8Array[] {
    const type = { apiVersion: `meta.k8s.io/${this.#version}`, kind: 'PartialObjectMetadataList' }
    return protobufList(
      type,
      listMetaOf(page),
      page.items.map((item) => bytesOf(objectOf(item))),
    )
  }

  initial(stored: StoredObject): Uint8Array {
    return this.#frame('ADDED', objectOf(stored))
  }

  event(type: EventType, change: Change): Uint8Array {
    return change.line(`partial/protobuf/${this.#version}`, type, () => this.#frame(type, change.objectFor(type)))
  }

  bookmark({ revision, initialEventsEnd }: Bookmark): Uint8Array {
    const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
    return this.#frame('BOOKMARK', { metadata: { resourceVersion: String(revision), ...annotations } })
  }

  error(status: StatusBody): Uint8Array {
    return errorFrame(status)
  }

  #enveloped(object: Pick<ApiObject, 'metadata'>): readonly Uint8Array[] {
    return envelope({ apiVersion: `meta.k8s.io/${this.#version}`, kind: 'PartialObjectMetadata' }, [bytesOf(object)])
  }

  #frame(type: string, object: Pick<ApiObject, 'metadata'>): Uint8Array {
    return Buffer.concat(protobufWatchFrame(type, this.#enveloped(object)))
  }
}
