// The store's side of the thread that owns the database file: asks one job after the other and gets the answers in
// the same order. When the thread dies, everything asked of it fails.

import { Worker } from 'node:worker_threads'
import { assert } from '#lib/assert.ts'
import type { Rows } from './sqlite-rows.ts'
import type { Answer, Job, OpenOptions } from './sqlite-worker.ts'

/** Nothing was written, nothing is damaged; there is no room. */
export class DiskFull extends Error {}

/** Rows live for one job only: more room for the young would just lie there. */
const youngMB = 8

export class Thread {
  readonly #worker: Worker
  readonly #asked: PromiseWithResolvers<Answer>[] = []
  #takeLoaded: ((rows: Rows, isRecent: boolean) => void) | undefined
  #death: Error | undefined
  #isClosing = false
  /** Called once when the thread ends without having been asked to. */
  onDeath: (error: Error) => void = () => {}

  constructor(options: OpenOptions) {
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
      workerData: options,
      name: 'store',
      resourceLimits: { maxYoungGenerationSizeMb: youngMB },
    })
    this.#worker.on('message', (answer: Answer) => this.#take(answer))
    this.#worker.on('error', (error) => this.#die(error as Error))
    this.#worker.on('exit', () => this.#die(new Error('the thread that writes has ended')))
  }

  /** Resolves when all that is stored has been handed to `take`. */
  async open(
    take: (rows: Rows, isRecent: boolean) => void,
  ): Promise<{ readonly revision: number; readonly floor: number; readonly isRewritten: boolean }> {
    this.#takeLoaded = take
    const answer = await this.#expectAnswer()
    assert(answer.type === 'opened', 'the thread opens the file first')
    this.#takeLoaded = undefined
    return answer
  }

  async ask(job: Job): Promise<Answer> {
    if (this.#death) throw this.#death
    this.#worker.postMessage(job, job.type === 'commit' ? [job.rows.bytes.buffer] : [])
    return this.#expectAnswer()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    if (!this.#death) await this.ask({ type: 'close' }).catch(() => {})
    await this.terminate()
  }

  async terminate(): Promise<void> {
    this.#isClosing = true
    await this.#worker.terminate()
  }

  #expectAnswer(): Promise<Answer> {
    const asked = Promise.withResolvers<Answer>()
    this.#asked.push(asked)
    return asked.promise
  }

  #take(answer: Answer): void {
    if (answer.type === 'loaded') {
      this.#takeLoaded?.(answer.rows, answer.isRecent)
      return
    }
    const asked = this.#asked.shift()
    assert(asked, 'an answer follows a question')
    if (answer.type === 'failed') asked.reject(answer.isFull ? new DiskFull(answer.message) : new Error(answer.message))
    else asked.resolve(answer)
  }

  #die(error: Error): void {
    if (this.#death) return
    this.#death = error
    for (const asked of this.#asked.splice(0)) asked.reject(error)
    if (!this.#isClosing) this.onDeath(error)
  }
}
