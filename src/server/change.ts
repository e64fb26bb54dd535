// One change of one object, as watchers are told of it. It is made once per change and shared by all watchers:
// whatever one of them has encoded, the others write as it is.

import type { ApiObject } from '#api/kind.ts'
import { deepFreeze } from '#lib/freeze.ts'
import type { StoredObject, StoreEvent } from '#store/store.ts'
import { draftOf, objectOf } from './stored.ts'

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

const encoder = new TextEncoder()
const eventEnd = encoder.encode('}\n')
const eventStart: Record<EventType, Uint8Array> = {
  ADDED: encoder.encode('{"type":"ADDED","object":'),
  MODIFIED: encoder.encode('{"type":"MODIFIED","object":'),
  DELETED: encoder.encode('{"type":"DELETED","object":'),
}

/** `{"type":...,"object":<bytes>}` and a newline. */
export function eventLine(type: EventType, bytes: Uint8Array): Uint8Array {
  const start = eventStart[type]
  const line = Buffer.allocUnsafe(start.length + bytes.length + eventEnd.length)
  line.set(start, 0)
  line.set(bytes, start.length)
  line.set(eventEnd, start.length + bytes.length)
  return line
}

export class Change {
  readonly revision: number
  readonly object: StoredObject | undefined
  readonly previous: StoredObject | undefined
  #gone: ApiObject | undefined
  /** Lines by event type and encoding. */
  #lines: Partial<Record<EventType, Map<string, Uint8Array>>> = {}

  constructor(event: StoreEvent) {
    this.revision = event.revision
    this.object = event.object
    this.previous = event.previous
  }

  /** What stood there, at the revision at which it went: the object of a DELETED event. */
  get gone(): ApiObject {
    if (!this.#gone) {
      const object = draftOf(this.previous!)
      object.metadata.resourceVersion = String(this.revision)
      this.#gone = deepFreeze(object)
    }
    return this.#gone
  }

  objectFor(type: EventType): ApiObject {
    return type === 'DELETED' ? this.gone : objectOf(this.object!)
  }

  /** The event in one encoding, made when first asked for. */
  line(encoding: string, type: EventType, make: (type: EventType, change: Change) => Uint8Array): Uint8Array {
    const known = this.#lines[type]?.get(encoding)
    if (known) return known
    const line = make(type, this)
    const lines = this.#lines[type] ?? new Map<string, Uint8Array>()
    this.#lines[type] = lines.set(encoding, line)
    return line
  }

  /** Lets go of what has been encoded; it is made again for whoever still needs it. */
  release(): void {
    this.#lines = {}
    this.#gone = undefined
  }
}

/** An event as JSON. */
export const jsonEvent = (type: EventType, change: Change): Uint8Array =>
  eventLine(type, type === 'DELETED' ? encoder.encode(JSON.stringify(change.gone)) : change.object!.bytes)
