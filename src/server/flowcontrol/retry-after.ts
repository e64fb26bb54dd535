// After how many seconds a refused client may come back: doubled while many are refused, one less when few are, as
// upstream does. Per priority level.

const longestSeconds = 32

export class RetryAfter {
  #seconds = 1
  #raisedAt = 0
  #now = 0
  #refusedNow = 0
  /** By second, the newest last; no further back than the longest wait. */
  #past: { readonly second: number; readonly refused: number }[] = []

  get seconds(): number {
    return this.#seconds
  }

  refused(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    if (second === this.#now) {
      this.#refusedNow++
      return
    }
    this.#past.push({ second: this.#now, refused: this.#refusedNow })
    this.#past = this.#past.filter((each) => second - each.second <= longestSeconds)
    this.#now = second
    this.#refusedNow = 1
    this.#adjust(second)
  }

  #adjust(second: number): void {
    const since = this.#past.filter((each) => second - each.second <= this.#seconds)
    const refused = since.reduce((sum, each) => sum + each.refused, 0)
    if (second - this.#raisedAt >= this.#seconds && refused >= 3 * this.#seconds) {
      this.#seconds = Math.min(longestSeconds, this.#seconds * 2)
      this.#raisedAt = second
    } else if (refused < this.#seconds && this.#seconds > 1) this.#seconds--
  }
}
