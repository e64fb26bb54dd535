// Objects in Kubernetes' protobuf, for clients that ask for it: as they are, or only their metadata, which the caches of
// operators and of the garbage collector ask for, of custom kinds too, whose objects have no protobuf of their own. They
// are encoded for each answer; what a watch sends is encoded once per change.

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
import { PartialObjectMetadata } from '#api/wire-types.ts'
import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'
import { objectOf } from '../stored.ts'
import type { Bookmark, Encoding, Page } from './encoding.ts'

/** As what an object is encoded. */
interface Form {
  readonly apiVersion: string
  readonly kind: string
  readonly bytesOf: (object: ApiObject) => Uint8Array
  /** Tells what a change has been encoded as. */
  readonly key: string
}

const listMetaOf = (page: Page): ListMeta => ({
  resourceVersion: page.resourceVersion,
  continue: page.continue,
  ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
})

export const protobufEncoding = ({ apiVersion, kind, schema }: AnyKind): Encoding =>
  new ProtobufEncoding({ apiVersion, kind, bytesOf: (object) => encodeMessage(schema, object), key: 'protobuf' })

/** `version` is that of meta.k8s.io. */
export const partialProtobufEncoding = (version: string): Encoding =>
  new ProtobufEncoding({
    apiVersion: `meta.k8s.io/${version}`,
    kind: 'PartialObjectMetadata',
    bytesOf: ({ metadata }) => encodeMessage(PartialObjectMetadata, { metadata }),
    key: `partial/protobuf/${version}`,
  })

class ProtobufEncoding implements Encoding {
  readonly contentType = protobufContentType
  readonly watchContentType = protobufWatchContentType
  readonly #form: Form

  constructor(form: Form) {
    this.#form = form
  }

  object(stored: StoredObject): readonly Uint8Array[] {
    return this.#enveloped(objectOf(stored))
  }

  list(page: Page): readonly Uint8Array[] {
    const { apiVersion, kind, bytesOf } = this.#form
    const items = page.items.map((item) => bytesOf(objectOf(item)))
    return protobufList({ apiVersion, kind: `${kind}List` }, listMetaOf(page), items)
  }

  initial(stored: StoredObject): Uint8Array {
    return this.#frame('ADDED', objectOf(stored))
  }

  event(type: EventType, change: Change): Uint8Array {
    return change.line(this.#form.key, type, () => this.#frame(type, change.objectFor(type)))
  }

  bookmark({ revision, initialEventsEnd }: Bookmark): Uint8Array {
    const { apiVersion, kind } = this.#form
    const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
    return this.#frame('BOOKMARK', {
      apiVersion,
      kind,
      metadata: { resourceVersion: String(revision), ...annotations },
    })
  }

  error(status: StatusBody): Uint8Array {
    return Buffer.concat(protobufWatchFrame('ERROR', envelope(status, [encodeMessage(Status, status)])))
  }

  #enveloped(object: ApiObject): readonly Uint8Array[] {
    return envelope(this.#form, [this.#form.bytesOf(object)])
  }

  #frame(type: string, object: ApiObject): Uint8Array {
    return Buffer.concat(protobufWatchFrame(type, this.#enveloped(object)))
  }
}
