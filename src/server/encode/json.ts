// Objects as JSON: the bytes that the store holds, unchanged.

import type { StatusBody } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import { type Change, type EventType, eventLine, jsonEvent } from '../change.ts'
import type { Registry } from '../registry.ts'
import type { Bookmark, Encoding, Page } from './encoding.ts'

const encoder = new TextEncoder()

/** The beginning of a list, up to its first item. */
export function listHeader(kind: string, apiVersion: string, page: Omit<Page, 'items'>): string {
  const metadata = {
    ...(page.resourceVersion === '' ? {} : { resourceVersion: page.resourceVersion }),
    ...(page.continue === '' ? {} : { continue: page.continue }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  }
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":${JSON.stringify(metadata)},"items":[`
}

const listEnd = encoder.encode(']}\n')
const firstItem = encoder.encode('{')
const nextItem = encoder.encode(',{')

/** The items as in a list: each without its first `skipBytes`, behind a brace. Nothing is copied here. */
export function joinItems(header: string, items: readonly StoredObject[], skipBytes: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [encoder.encode(header)]
  for (const [i, { bytes }] of items.entries()) chunks.push(i === 0 ? firstItem : nextItem, bytes.subarray(skipBytes))
  chunks.push(listEnd)
  return chunks
}

export const bookmarkLine = (kind: string, apiVersion: string, { revision, initialEventsEnd }: Bookmark): Uint8Array =>
  encoder.encode(
    `${JSON.stringify({
      type: 'BOOKMARK',
      object: {
        kind,
        apiVersion,
        metadata: {
          resourceVersion: String(revision),
          ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
        },
      },
    })}\n`,
  )

export const errorLine = (status: StatusBody): Uint8Array =>
  encoder.encode(`${JSON.stringify({ type: 'ERROR', object: status })}\n`)

export class JsonEncoding implements Encoding {
  readonly contentType = 'application/json'
  readonly watchContentType = 'application/json'
  readonly #registry: Registry
  #lastBookmark: { readonly revision: number; readonly line: Uint8Array } | undefined

  constructor(registry: Registry) {
    this.#registry = registry
  }

  object(stored: StoredObject): readonly Uint8Array[] {
    return [stored.bytes]
  }

  list(page: Page): readonly Uint8Array[] {
    const { kind, headerBytes } = this.#registry
    return joinItems(listHeader(`${kind.kind}List`, kind.apiVersion, page), page.items, headerBytes)
  }

  initial(stored: StoredObject): Uint8Array {
    return eventLine('ADDED', stored.bytes)
  }

  event(type: EventType, change: Change): Uint8Array {
    return change.line('json', type, jsonEvent)
  }

  bookmark(bookmark: Bookmark): Uint8Array {
    const { kind, apiVersion } = this.#registry.kind
    if (bookmark.initialEventsEnd) return bookmarkLine(kind, apiVersion, bookmark)
    if (this.#lastBookmark?.revision !== bookmark.revision)
      this.#lastBookmark = { revision: bookmark.revision, line: bookmarkLine(kind, apiVersion, bookmark) }
    return this.#lastBookmark.line
  }

  error(status: StatusBody): Uint8Array {
    return errorLine(status)
  }
}
