// Samples of what the node and its containers use, taken when somebody asks. An answer that is a moment old is given
// again; the one before it is kept, so that a rate can be told. Nothing is measured while nobody asks.

import type { Pod } from '#api/core/pod.ts'
import type { Clock } from '#lib/clock.ts'
import { errorText, type Log } from '#lib/log.ts'
import type { Kubelet } from '../kubelet.ts'
import type { ContainerStats, Runtime } from '../runtime/runtime.ts'
import type { NodeUsage, ReadNodeUsage } from './node-usage.ts'

export interface ContainerUsage {
  readonly name: string
  readonly startedAtMs: number
  readonly stats: ContainerStats
}

export interface PodUsage {
  readonly pod: Pod
  readonly containers: readonly ContainerUsage[]
}

export interface Sample {
  /** Monotonic. */
  readonly atMs: number
  readonly node: NodeUsage | undefined
  readonly pods: readonly PodUsage[]
  /** Something could not be measured. */
  readonly failed: boolean
}

/** A sample and an earlier one. */
export interface Window {
  readonly last: Sample
  readonly before: Sample
}

export interface StatsOptions {
  /** Undefined as long as it has not been started. */
  readonly kubelet: () => Pick<Kubelet, 'pods' | 'worker'> | undefined
  readonly runtime: Pick<Runtime, 'stats'>
  readonly nodeUsage: ReadNodeUsage
  readonly clock: Clock
  readonly log: Log
}

const freshMs = 500
const shortestWindowMs = 1_000
const longestWindowMs = 90_000

export class Stats {
  readonly #options: StatsOptions
  #last: Sample | undefined
  #before: Sample | undefined
  #pending: Promise<Sample> | undefined

  constructor(options: StatsOptions) {
    this.#options = options
  }

  sample(): Promise<Sample> {
    const nowMs = this.#options.clock.monotonic()
    if (this.#last && nowMs - this.#last.atMs < freshMs) return Promise.resolve(this.#last)
    this.#pending ??= this.#take().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /** Takes a second longer when nobody has asked lately. */
  async window(signal: AbortSignal): Promise<Window> {
    let last = await this.sample()
    if (!this.#before || last.atMs - this.#before.atMs > longestWindowMs) {
      await this.#options.clock.sleep(shortestWindowMs, signal)
      last = await this.sample()
    }
    return { last, before: this.#before ?? last }
  }

  async #take(): Promise<Sample> {
    const { runtime, nodeUsage, clock, log } = this.#options
    const atMs = clock.monotonic()
    const [node, stats] = await Promise.allSettled([nodeUsage(), runtime.stats()])
    for (const result of [node, stats])
      if (result.status === 'rejected') log.warn('Usage cannot be measured', { error: errorText(result.reason) })
    const sample: Sample = {
      atMs,
      node: node.status === 'fulfilled' ? node.value : undefined,
      pods: stats.status === 'fulfilled' ? this.#byPod(stats.value) : [],
      failed: node.status === 'rejected' || stats.status === 'rejected',
    }
    if (this.#last && atMs - this.#last.atMs >= shortestWindowMs) this.#before = this.#last
    this.#last = sample
    return sample
  }

  #byPod(stats: readonly ContainerStats[]): readonly PodUsage[] {
    const kubelet = this.#options.kubelet()
    const byId = new Map(stats.map((each) => [each.containerId, each]))
    return (kubelet?.pods() ?? []).map((pod) => {
      const { namespace = '', name = '', uid } = pod.metadata
      const worker = kubelet?.worker(namespace, name)
      // Of two pods of a name only the later one is told of: nobody could tell their series apart.
      const own = worker?.uid === uid ? worker?.containers : undefined
      const running = (own ?? []).filter(({ state }) => state === 'running')
      const containers = running.flatMap(({ id, name: container, startedAtMs }) => {
        const found = byId.get(id)
        // Without a time nothing has been measured: it is on its way in or out.
        return found && found.timeMs > 0 ? [{ name: container, startedAtMs, stats: found }] : []
      })
      return { pod, containers }
    })
  }
}
