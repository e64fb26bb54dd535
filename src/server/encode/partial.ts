// Only the metadata of objects: `PartialObjectMetadata` and its list, for clients that need no more.

import type { ApiObject } from '#api/kind.ts'
import type { StatusBody } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'
import { objectOf } from '../stored.ts'
import type { Bookmark, Encoding, Page } from './encoding.ts'
import { bookmarkLine, errorLine, listHeader } from './json.ts'

const encoder = new TextEncoder()

export const partialOf = (object: ApiObject, version: string): object => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: object.metadata,
})

export class PartialEncoding implements Encoding {
  readonly contentType = 'application/json'
  readonly watchContentType = 'application/json'
  readonly #version: string

  constructor(version: string) {
    this.#version = version
  }

  object(stored: StoredObject): readonly Uint8Array[] {
    return [encoder.encode(`${JSON.stringify(partialOf(objectOf(stored), this.#version))}\n`)]
  }

  list(page: Page): readonly Uint8Array[] {
    const header = listHeader('PartialObjectMetadataList', `meta.k8s.io/${this.#version}`, page)
    const items = page.items.map((item) => JSON.stringify({ metadata: objectOf(item).metadata }))
    return [encoder.encode(`${header}${items.join(',')}]}\n`)]
  }

  initial(stored: StoredObject): Uint8Array {
    return this.#line('ADDED', objectOf(stored))
  }

  event(type: EventType, change: Change): Uint8Array {
    return change.line(`partial/${this.#version}`, type, () => this.#line(type, change.objectFor(type)))
  }

  bookmark(bookmark: Bookmark): Uint8Array {
    return bookmarkLine('PartialObjectMetadata', `meta.k8s.io/${this.#version}`, bookmark)
  }

  error(status: StatusBody): Uint8Array {
    return errorLine(status)
  }

  #line(type: EventType, object: ApiObject): Uint8Array {
    return encoder.encode(`${JSON.stringify({ type, object: partialOf(object, this.#version) })}\n`)
  }
}
