// Brings the kernel's table to what is wanted: one transaction at a time, what changes meanwhile goes into the
// next. Only differences are sent; the whole table is written at the start and after an error, which is tried
// again with growing pauses until it works.

import type { Clock } from '#lib/clock.ts'
import { output, type Run } from '#lib/exec.ts'
import type { Log } from '#lib/log.ts'
import { Loop } from '#lib/loop.ts'
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

export class Sync {
  readonly #options: SyncOptions
  readonly #loop: Loop
  /** What the kernel holds; undefined when that is not known. */
  #installed: Table | undefined

  constructor(options: SyncOptions) {
    this.#options = options
    const { clock, random, log } = options
    this.#loop = new Loop({
      clock,
      random,
      work: () => this.#syncOnce(),
      failed: (error, waitMs) => {
        this.#installed = undefined
        log.warn('Cannot write the rules of services; will write all of them again', { error, waitMs })
      },
    })
  }

  /** Something may have changed. */
  wake(): void {
    this.#loop.wake()
  }

  /** Resolves when the kernel has everything that was asked for before. */
  settled(): Promise<void> {
    return this.#loop.settled()
  }

  async stop(options: { readonly cleanup?: boolean } = {}): Promise<void> {
    await this.#loop.stop()
    if (options.cleanup) await this.#options.nft.apply(uninstall(this.#options.settings))
  }

  async #syncOnce(): Promise<void> {
    const { nft, clock, log, settings, wanted, changed } = this.#options
    const startMs = clock.monotonic()
    const old = this.#installed
    const next = wanted()
    const scripts = old === undefined ? [install(next, settings)] : change(old, next, settings)
    if (scripts.length === 0) return
    for (const script of scripts) await nft.apply(script)
    this.#installed = next
    log.debug('Rules of services written', { full: old === undefined, tookMs: clock.monotonic() - startMs })
    if (old !== undefined) await changed?.(old, next)
  }
}
