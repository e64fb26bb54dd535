// From callbacks to `for await`: a producer pushes items without waiting, one consumer gets them in batches, all
// that have gathered since it last looked. The buffer is bounded: when the consumer falls too far behind, the
// iteration ends with an error instead of growing.

export class BufferOverflow extends Error {
  constructor(limit: number) {
    super(`The reader fell more than ${limit} items behind`)
    this.name = 'BufferOverflow'
  }
}

export interface AsyncBufferOptions {
  /** How many items may wait. */
  readonly limit: number
  /** Called once, when the consumer leaves, or the buffer overflows, or `end` is called: to stop the producer. */
  readonly onClose?: (() => void) | undefined
}

export class AsyncBuffer<T> implements AsyncIterable<readonly T[]> {
  readonly #options: AsyncBufferOptions
  #items: T[] = []
  #closed = false
  #error: unknown
  #wake: (() => void) | undefined

  constructor(options: AsyncBufferOptions) {
    this.#options = options
  }

  get closed(): boolean {
    return this.#closed
  }

  /** False when nobody will read it any more. */
  push(item: T): boolean {
    if (!this.#hasRoom(1)) return false
    this.#items.push(item)
    this.#wakeUp()
    return true
  }

  pushAll(items: readonly T[]): boolean {
    if (!this.#hasRoom(items.length)) return false
    // Not spread into push's arguments: thousands would overflow the stack.
    for (const item of items) this.#items.push(item)
    this.#wakeUp()
    return true
  }

  /** What has gathered is still delivered; then the iteration ends, with the error if one is given. */
  end(error?: unknown): void {
    if (this.#closed) return
    this.#error = error
    this.#close()
  }

  /** Written by hand, since a generator's `return` would wait for the pending `next`, that is for the producer. */
  [Symbol.asyncIterator](): AsyncIterator<readonly T[], undefined> {
    return {
      next: () => (this.#hasNews ? this.#taken() : this.#news().then(this.#take)),
      return: async () => {
        this.#items = []
        this.#error = undefined
        this.#close()
        return { done: true, value: undefined }
      },
    }
  }

  get #hasNews(): boolean {
    return this.#items.length > 0 || this.#closed
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  async #taken(): Promise<IteratorResult<readonly T[], undefined>> {
    return this.#take()
  }

  /** Everything that is there; only to be asked for when there is something. */
  readonly #take = (): IteratorResult<readonly T[], undefined> => {
    if (this.#items.length > 0) {
      const value = this.#items
      this.#items = []
      return { done: false, value }
    }
    const error = this.#error
    this.#error = undefined
    if (error !== undefined) throw error
    return { done: true, value: undefined }
  }

  #hasRoom(count: number): boolean {
    if (this.#closed) return false
    if (this.#items.length + count <= this.#options.limit) return true
    this.#items = []
    this.end(new BufferOverflow(this.#options.limit))
    return false
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#wakeUp()
    this.#options.onClose?.()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
