// The forms in which objects leave the server. Every form answers the same questions; which one a request gets is said
// in encoding-for.ts.

import type { StatusBody } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'

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
  /** The event that ends a watch which has failed. */
  error(status: StatusBody): Uint8Array
}
