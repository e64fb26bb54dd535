// So many at a time, the others in the order in which they came.

export class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The slot goes from hand to hand, so that nobody who comes now is faster than who waits.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
