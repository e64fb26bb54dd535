// A cache that forgets what was not used for longest when it holds too much: too many entries, or too much by a
// size that the caller gives.

export interface LruOptions<V> {
  readonly maxEntries: number
  /** Together with `sizeOf`: the sum of all entries' sizes stays at or below this. */
  readonly maxSize?: number | undefined
  readonly sizeOf?: ((value: V) => number) | undefined
}

export class Lru<K, V> {
  readonly #options: LruOptions<V>
  /** Insertion order is order of use: the first is the oldest. */
  readonly #entries = new Map<K, V>()
  #totalSize = 0

  constructor(options: LruOptions<V>) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  get totalSize(): number {
    return this.#totalSize
  }

  /** Counts as use. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#totalSize += this.#sizeOf(value)
    const { maxEntries, maxSize = Number.POSITIVE_INFINITY } = this.#options
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#totalSize <= maxSize) break
      this.delete(oldest)
    }
  }

  /** From the one not used for longest. */
  values(): IterableIterator<V> {
    return this.#entries.values()
  }

  delete(key: K): boolean {
    const value = this.#entries.get(key)
    if (value === undefined) return false
    this.#totalSize -= this.#sizeOf(value)
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
    this.#totalSize = 0
  }

  #sizeOf(value: V): number {
    return this.#options.sizeOf?.(value) ?? 0
  }
}
