// What the server keeps beside an object's bytes: the decoded value, made when somebody first asks and frozen,
// and kept only as long as somebody holds it. The bytes are the object; everything else can be made again.

import type { ApiObject } from '#api/kind.ts'
import { parseExact } from '#lib/exact-json.ts'
import { deepFreeze } from '#lib/freeze.ts'
import type { StoredObject } from '#store/store.ts'

const text = new TextDecoder()

export const parseBytes = (bytes: Uint8Array): ApiObject => parseExact(text.decode(bytes)) as ApiObject

/** The `value` of everything that this server puts into a store. */
export class Decoded {
  readonly #bytes: Uint8Array
  #object: WeakRef<ApiObject> | undefined
  #isFrozen = false

  /** `object` is what the bytes were made of, if it is at hand; nobody changes it any more. */
  constructor(bytes: Uint8Array, object?: ApiObject) {
    this.#bytes = bytes
    this.#object = object && new WeakRef(object)
  }

  get object(): ApiObject {
    const known = this.#object?.deref()
    if (known && this.#isFrozen) return known
    const object = deepFreeze(known ?? parseBytes(this.#bytes))
    this.#isFrozen = true
    if (!known) this.#object = new WeakRef(object)
    return object
  }
}

/** The object behind a stored one: frozen, and the same one for all who ask at the same time. */
export const objectOf = (stored: StoredObject): ApiObject => (stored.value as Decoded).object

/** A copy that may be changed. */
export const draftOf = (stored: StoredObject): ApiObject => parseBytes(stored.bytes)

export const uidOf = (stored: StoredObject): string => objectOf(stored).metadata.uid ?? ''
