// Objects that are changed again and again, as those that just come to life, are kept decoded for a while: reading
// one back from its bytes for every change costs a tenth of the change. Kept by the bytes they have encoded; the
// ones that were changed longest ago go first.

/** Decoded, an object takes about three times as much. */
const mostBytes = 4 * 1024 * 1024

interface Kept {
  readonly object: object
  readonly sizeBytes: number
}

export class RecentObjects {
  readonly #mostBytes: number
  /** The one that was changed last stands last. */
  readonly #byKey = new Map<string, Kept>()
  #sizeBytes = 0

  constructor(limitBytes = mostBytes) {
    this.#mostBytes = limitBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Holds the object, and no longer what stood at the key before. */
  keep(key: string, object: object, sizeBytes: number): void {
    this.#forget(key)
    this.#byKey.set(key, { object, sizeBytes })
    this.#sizeBytes += sizeBytes
    for (const oldest of this.#byKey.keys()) {
      if (this.#sizeBytes <= this.#mostBytes) return
      this.#forget(oldest)
    }
  }

  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  #forget(key: string): void {
    const kept = this.#byKey.get(key)
    if (!kept) return
    this.#byKey.delete(key)
    this.#sizeBytes -= kept.sizeBytes
  }
}
