// Brings the kernel's table to what is wanted: one transaction at a time, what changes meanwhile goes into the
// next. Only differences are sent; the whole table is written at the start and after an error, which is tried
// again with growing pauses until it works.

import { Backoff } from '#lib/backoff.ts'
import { type Clock, settle, type Timer } from '#lib/clock.ts'
import { output, type Run } from '#lib/exec.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import { change, install, type Settings, type Table, uninstall } from './nftables.ts'

/** nftables as this file needs it. */
export interface Nft {
  /** Runs a script as one transaction. */
  apply(script: string): Promise<void>
  list(settings: Pick<Settings, 'family' | 'table'>, map: string): Promise<string>
}

/** By the program `nft`. `prefix` is put before it, as in `['ip', 'netns', 'exec', 'node-1']`. */
export function nftProgram(run: Run, prefix: readonly string[] = []): Nft {
  const nft = (args: readonly string[], input?: string) => {
    const [command, ...rest] = [...prefix, 'nft', ...args]
    return output(run, command!, rest, { input, timeoutMs: 120_000 })
  }
  return {
    // Text, not JSON: nft cannot open its standard input for JSON when that is a socket pair.
    apply: async (script) => void (await nft(['-f', '-'], script)),
    list: ({ family, table }, map) => nft(['list', 'map', family, table, map]),
  }
}

export interface SyncOptions {
  readonly nft: Nft
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly settings: Settings
  readonly wanted: () => Table
  /** After each change that the kernel has taken. */
  readonly changed?: (old: Table, next: Table) => Promise<void>
}

const backoff = { initialMs: 100, capMs: 30_000, jitter: 0.1 }

export class Sync {
  readonly #options: SyncOptions
  readonly #backoff: Backoff
  /** What the kernel holds; undefined when that is not known. */
  #installed: Table | undefined
  #running: Promise<void> | undefined
  #again = false
  #retry: Timer | undefined
  #stopped = false
  readonly #waiting: (() => void)[] = []

  constructor(options: SyncOptions) {
    this.#options = options
    this.#backoff = new Backoff(backoff, options.random)
  }

  /** Something may have changed. */
  wake(): void {
    if (this.#stopped) return
    this.#again = true
    // During a pause after an error the retry takes this change with it.
    if (this.#retry === undefined) this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  /** Resolves when the kernel has everything that was asked for before. */
  settled(): Promise<void> {
    if (!this.#again && this.#running === undefined && this.#retry === undefined) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async stop(options: { readonly cleanup?: boolean } = {}): Promise<void> {
    this.#stopped = true
    this.#retry?.cancel()
    await this.#running
    if (options.cleanup) await this.#options.nft.apply(uninstall(this.#options.settings))
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options
    while (this.#again && !this.#stopped) {
      // Events that arrive together become one transaction.
      await settle()
      this.#again = false
      const waited = this.#waiting.splice(0)
      try {
        await this.#syncOnce()
        this.#backoff.reset()
        for (const resolve of waited) resolve()
      } catch (error) {
        this.#installed = undefined
        this.#again = true
        this.#waiting.unshift(...waited)
        const waitMs = this.#backoff.next()
        log.warn('Cannot write the rules of services; will write all of them again', { error, waitMs })
        this.#retry = clock.after(waitMs, () => {
          this.#retry = undefined
          this.wake()
        })
        return
      }
    }
  }

  async #syncOnce(): Promise<void> {
    const { nft, clock, log, settings, wanted, changed } = this.#options
    const startMs = clock.monotonic()
    const old = this.#installed
    const next = wanted()
    const script = old === undefined ? install(next, settings) : change(old, next, settings)
    if (script === '') return
    await nft.apply(script)
    this.#installed = next
    log.debug('Rules of services written', { full: old === undefined, tookMs: clock.monotonic() - startMs })
    if (old !== undefined) await changed?.(old, next)
  }
}
