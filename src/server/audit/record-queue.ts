// Records that wait to be taken to where they are kept. The queue is bounded: when that place does not keep up, the
// newest are dropped and counted, and nobody waits.

/** Makes the record when it is its turn. */
export type MakeRecord = () => object

/** Hears whether the record has come to where it is kept. */
export type OnKept = (isKept: boolean) => void

interface Waiting {
  readonly make: MakeRecord
  readonly onKept: OnKept | undefined
}

const longestQueue = 10_000

export class RecordQueue {
  #waiting: Waiting[] = []
  #closed = false
  /** How many have come to where they are kept. */
  written = 0
  dropped = 0

  get length(): number {
    return this.#waiting.length
  }

  /** False: it is dropped. */
  offer(make: MakeRecord, onKept?: OnKept): boolean {
    if (this.#closed || this.#waiting.length >= longestQueue) {
      this.dropped++
      onKept?.(false)
      return false
    }
    this.#waiting.push({ make, onKept })
    return true
  }

  /** Takes out the oldest and has them kept; those that could not be are lost. `onFailure` is told why. */
  async pass(
    atMost: number,
    keep: (records: readonly object[]) => Promise<unknown>,
    onFailure: (error: unknown) => void,
  ): Promise<void> {
    const batch = this.#waiting.slice(0, atMost)
    this.#waiting = this.#waiting.slice(atMost)
    try {
      await keep(batch.map(({ make }) => make()))
      this.written += batch.length
      for (const { onKept } of batch) onKept?.(true)
    } catch (error) {
      this.dropped += batch.length
      onFailure(error)
      for (const { onKept } of batch) onKept?.(false)
    }
  }

  /** Nothing more is taken in. */
  close(): void {
    this.#closed = true
  }
}
