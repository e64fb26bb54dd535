// Objects in Kubernetes' protobuf, for clients that ask for it. They are encoded for each answer; what a watch
// sends is encoded once per change.

import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { ListMeta } from '#api/meta/list-meta.ts'
import { Status } from '#api/meta/status.ts'
import { encodeMessage } from '#api/protobuf.ts'
import {
  envelope,
  protobufContentType,
  protobufList,
  protobufWatchContentType,
  protobufWatchFrame,
} from '#api/protobuf-envelope.ts'
import type { StatusBody } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'
import { objectOf } from '../stored.ts'
import type { Bookmark, Encoding, Page } from './encoding.ts'

export const errorFrame = (status: StatusBody): Uint8Array =>
  Buffer.concat(protobufWatchFrame('ERROR', envelope(status, [encodeMessage(Status, status)])))

export const listMetaOf = (page: Page): ListMeta => ({
  resourceVersion: page.resourceVersion,
  continue: page.continue,
  ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
})

export class ProtobufEncoding implements Encoding {
  readonly contentType = protobufContentType
  readonly watchContentType = protobufWatchContentType
  readonly #kind: AnyKind

  constructor(kind: AnyKind) {
    this.#kind = kind
  }

  object(stored: StoredObject): readonly Uint8Array[] {
    return this.#enveloped(objectOf(stored))
  }

  list(page: Page): readonly Uint8Array[] {
    const { apiVersion, kind, schema } = this.#kind
    const items = page.items.map((item) => encodeMessage(schema, objectOf(item)))
    return protobufList({ apiVersion, kind: `${kind}List` }, listMetaOf(page), items)
  }

  initial(stored: StoredObject): Uint8Array {
    return this.#frame('ADDED', objectOf(stored))
  }

  event(type: EventType, change: Change): Uint8Array {
    return change.line('protobuf', type, () => this.#frame(type, change.objectFor(type)))
  }

  bookmark({ revision, initialEventsEnd }: Bookmark): Uint8Array {
    const { apiVersion, kind } = this.#kind
    const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
    return this.#frame('BOOKMARK', {
      apiVersion,
      kind,
      metadata: { resourceVersion: String(revision), ...annotations },
    })
  }

  error(status: StatusBody): Uint8Array {
    return errorFrame(status)
  }

  #enveloped(object: ApiObject): readonly Uint8Array[] {
    return envelope(this.#kind, [encodeMessage(this.#kind.schema, object)])
  }

  #frame(type: string, object: ApiObject): Uint8Array {
    return Buffer.concat(protobufWatchFrame(type, this.#enveloped(object)))
  }
}
