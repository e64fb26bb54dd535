// A map whose keys are ordered as text (by UTF-16 code units, as `<` compares). Finding by key is one hash lookup;
// the order is kept in chunks of some hundred keys, so that inserting and deleting move little memory, and ranges
// are walked without copying.

const chunkLimit = 512

interface Chunk<V> {
  readonly keys: string[]
  readonly values: V[]
}

/** All keys that begin with `prefix` (all, if empty), only those after `after`. */
export interface Range {
  readonly prefix?: string | undefined
  readonly after?: string | undefined
}

interface Position {
  readonly chunk: number
  readonly offset: number
}

export class SortedMap<V> {
  readonly #byKey = new Map<string, V>()
  /** Never empty chunks; each chunk's keys come before the next one's. */
  #chunks: Chunk<V>[] = []

  get size(): number {
    return this.#byKey.size
  }

  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  get(key: string): V | undefined {
    return this.#byKey.get(key)
  }

  set(key: string, value: V): void {
    const isNew = !this.#byKey.has(key)
    this.#byKey.set(key, value)
    const at = this.#chunkFor(key)
    const chunk = this.#chunks[at]
    if (!chunk) {
      this.#chunks.push({ keys: [key], values: [value] })
      return
    }
    const offset = lowerBound(chunk.keys, key)
    if (!isNew) {
      chunk.values[offset] = value
      return
    }
    chunk.keys.splice(offset, 0, key)
    chunk.values.splice(offset, 0, value)
    if (chunk.keys.length > chunkLimit) this.#split(at, offset)
  }

  delete(key: string): boolean {
    if (!this.#byKey.delete(key)) return false
    const at = this.#chunkFor(key)
    const chunk = this.#chunks[at]!
    const offset = lowerBound(chunk.keys, key)
    chunk.keys.splice(offset, 1)
    chunk.values.splice(offset, 1)
    if (chunk.keys.length === 0) this.#chunks.splice(at, 1)
    else if (chunk.keys.length < chunkLimit / 8) this.#merge(at)
    return true
  }

  clear(): void {
    this.#byKey.clear()
    this.#chunks = []
  }

  /** Visits in order until `visit` answers false. The map must not be changed meanwhile. */
  scan(range: Range, visit: (value: V, key: string) => boolean | void): void {
    const to = this.#end(range)
    let { chunk, offset } = this.#start(range)
    for (; chunk < this.#chunks.length && chunk <= to.chunk; chunk++, offset = 0) {
      const { keys, values } = this.#chunks[chunk]!
      const end = chunk === to.chunk ? to.offset : keys.length
      for (; offset < end; offset++) if (visit(values[offset]!, keys[offset]!) === false) return
    }
  }

  /** How many keys the range has, without walking it. */
  count(range: Range): number {
    const from = this.#start(range)
    const to = this.#end(range)
    if (from.chunk > to.chunk || (from.chunk === to.chunk && from.offset >= to.offset)) return 0
    if (from.chunk === to.chunk) return to.offset - from.offset
    let count = this.#chunks[from.chunk]!.keys.length - from.offset + to.offset
    for (let i = from.chunk + 1; i < to.chunk; i++) count += this.#chunks[i]!.keys.length
    return count
  }

  *entries(range: Range = {}): IterableIterator<[string, V]> {
    const to = this.#end(range)
    let { chunk, offset } = this.#start(range)
    for (; chunk < this.#chunks.length && chunk <= to.chunk; chunk++, offset = 0) {
      const { keys, values } = this.#chunks[chunk]!
      const end = chunk === to.chunk ? to.offset : keys.length
      for (; offset < end; offset++) yield [keys[offset]!, values[offset]!]
    }
  }

  *values(range: Range = {}): IterableIterator<V> {
    for (const [, value] of this.entries(range)) yield value
  }

  *keys(range: Range = {}): IterableIterator<string> {
    for (const [key] of this.entries(range)) yield key
  }

  #start({ prefix = '', after }: Range): Position {
    if (after === undefined || after < prefix) return this.#lowerBound(prefix)
    const from = this.#lowerBound(after)
    if (this.#chunks[from.chunk]?.keys[from.offset] !== after) return from
    return { chunk: from.chunk, offset: from.offset + 1 }
  }

  #end({ prefix = '' }: Range): Position {
    const bound = afterPrefix(prefix)
    return bound === undefined ? { chunk: this.#chunks.length, offset: 0 } : this.#lowerBound(bound)
  }

  /** Where the first key stands that is not before `key`. */
  #lowerBound(key: string): Position {
    const chunk = this.#chunkFor(key)
    const keys = this.#chunks[chunk]?.keys
    return { chunk, offset: keys ? lowerBound(keys, key) : 0 }
  }

  /** The last chunk whose first key is not after `key`; the first chunk if there is none such. */
  #chunkFor(key: string): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#chunks[middle]!.keys[0]! <= key) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }

  /** Keys that arrive in order leave full chunks behind; others leave halves. */
  #split(at: number, insertedAt: number): void {
    const chunk = this.#chunks[at]!
    const middle = insertedAt === chunkLimit ? chunkLimit : chunkLimit >> 1
    const right = { keys: chunk.keys.splice(middle), values: chunk.values.splice(middle) }
    this.#chunks.splice(at + 1, 0, right)
  }

  #merge(at: number): void {
    const left = Math.max(0, at - 1)
    const a = this.#chunks[left]
    const b = this.#chunks[left + 1]
    if (!a || !b || a.keys.length + b.keys.length > chunkLimit / 2) return
    a.keys.push(...b.keys)
    a.values.push(...b.values)
    this.#chunks.splice(left + 1, 1)
  }
}

/** The index of the first key that is not before `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The smallest text that is after everything with this prefix; undefined when there is none. */
export function afterPrefix(prefix: string): string | undefined {
  for (let length = prefix.length; length > 0; length--) {
    const last = prefix.charCodeAt(length - 1)
    if (last < 0xffff) return prefix.slice(0, length - 1) + String.fromCharCode(last + 1)
  }
  return undefined
}
