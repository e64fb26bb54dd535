// Asks the nodes' agents what is used, when somebody wants to know, and remembers the answers for some seconds. A rate
// needs two answers: the one before is kept for as long as it makes a useful window; where there is none, a second
// one is asked for a second later.
//
// Guarantees: nothing is asked when nobody wants to know, and one node not twice at a time; a node that does not
// answer in time is left out, and not asked again for a while; what is kept is bounded, and goes when it is old.

import type { Node } from '#api/core/node.ts'
import type { Clock, Timer } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import { Lru } from '#lib/lru.ts'
import { readAll } from '#lib/read-all.ts'
import { Slots } from '#lib/slots.ts'
import { within } from '#lib/within.ts'
import { type Kubelets, kubeletAddress } from '../connect/kubelet.ts'
import { parseScrape, type Scrape } from './exposition.ts'
import { figuresOf, type NodeFigures, usageOf } from './usage.ts'

export interface NodeScrapesOptions {
  readonly kubelets: Pick<Kubelets, 'ask'>
  readonly clock: Clock
  readonly log: Log
  /** Aborts when the server stops. */
  readonly signal: AbortSignal
}

/** Answers that are younger are given again. */
const freshMs = 5_000
/** A window that is longer would tell of the past. */
const longestWindowMs = 90_000
/** Between the first two answers. */
const firstWindowMs = 1_000
const answerMs = 3_000
const failedAgainMs = 10_000
const mostNodes = 5_000
const askedAtOnce = 100
const longestBytes = 16 * 2 ** 20
/** Who has asked about many nodes gets what is known by then. */
const longestMs = 15_000

interface Known {
  /** When the last answer came. */
  readonly atMs: number
  readonly last: Scrape
  readonly figures: NodeFigures
}

interface Entry {
  known?: Known | undefined
  failed?: { readonly atMs: number; readonly address: string } | undefined
  pending?: Promise<NodeFigures | undefined> | undefined
}

/** An agent that has been started anew is at another port, unless it is given one. */
const addressText = ({ status: { addresses, daemonEndpoints } }: Node): string =>
  JSON.stringify([addresses, daemonEndpoints])

export class NodeScrapes {
  readonly #options: NodeScrapesOptions
  /** By the node's UID: another node of the same name has another past. */
  readonly #entries = new Lru<string, Entry>({ maxEntries: mostNodes })
  readonly #slots = new Slots(askedAtOnce)
  #forgetting: Timer | undefined

  constructor(options: NodeScrapesOptions) {
    this.#options = options
  }

  /** By the nodes' names; without those that cannot be asked, or only after all too long. */
  async of(nodes: readonly Node[]): Promise<ReadonlyMap<string, NodeFigures>> {
    const found = new Map<string, NodeFigures>()
    const all = nodes.map(async (node) => {
      const figures = await this.#figures(node)
      if (figures) found.set(node.metadata.name ?? '', figures)
    })
    const late = Promise.withResolvers<void>()
    const timer = this.#options.clock.after(longestMs, late.resolve)
    await Promise.race([Promise.all(all), late.promise])
    timer.cancel()
    return found
  }

  #figures(node: Node): Promise<NodeFigures | undefined> {
    const key = node.metadata.uid ?? node.metadata.name ?? ''
    const entry = this.#entries.get(key) ?? {}
    this.#entries.set(key, entry)
    if (entry.pending) return entry.pending
    const nowMs = this.#options.clock.monotonic()
    const { known, failed } = entry
    if (known && nowMs - known.atMs < freshMs) return Promise.resolve(known.figures)
    const isSilent = failed && failed.address === addressText(node) && nowMs - failed.atMs < failedAgainMs
    if (isSilent) return Promise.resolve(undefined)
    entry.pending = this.#refresh(node, entry).finally(() => {
      entry.pending = undefined
    })
    this.#forgetLater()
    return entry.pending
  }

  async #refresh(node: Node, entry: Entry): Promise<NodeFigures | undefined> {
    const { clock, log, signal } = this.#options
    try {
      let last = await this.#scrape(node)
      const { known } = entry
      let before = known && clock.monotonic() - known.atMs <= longestWindowMs ? known.last : undefined
      // The counters of a node that has begun anew cannot be compared with those before.
      if (!before || (last.node && before.node && !usageOf(last.node, before.node))) {
        before = last
        await clock.sleep(firstWindowMs, signal)
        last = await this.#scrape(node)
      }
      const figures = figuresOf(last, before)
      entry.known = { atMs: clock.monotonic(), last, figures }
      entry.failed = undefined
      return figures
    } catch (error) {
      if (signal.aborted) return undefined
      entry.failed = { atMs: clock.monotonic(), address: addressText(node) }
      log.debug('A node does not tell what it uses', { node: node.metadata.name ?? '', error: errorText(error) })
      return undefined
    }
  }

  #scrape(node: Node): Promise<Scrape> {
    const { kubelets, clock, signal } = this.#options
    const late = () => new Error(`The agent did not answer within ${answerMs} ms`)
    const ask = async (signal: AbortSignal): Promise<Scrape> => {
      const answer = await kubelets.ask(kubeletAddress(node), { method: 'GET', path: '/metrics/resource', signal })
      const bytes = await readAll(answer.body, { longestBytes, tooLong: () => new Error('The agent said too much') })
      if (answer.status !== 200)
        throw new Error(`The agent answered ${answer.status}: ${bytes.toString('utf8', 0, 200)}`)
      return parseScrape(bytes.toString(), clock.now())
    }
    return this.#slots.run(() => within({ clock, limitMs: answerMs, late, signal }, ask))
  }

  /** So that nothing is kept when nobody asks any more. */
  #forgetLater(): void {
    this.#forgetting?.cancel()
    this.#forgetting = this.#options.clock.after(2 * longestWindowMs, () => this.#entries.clear())
  }
}
