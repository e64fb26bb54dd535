// How long admission took, and whether it refused: as a whole and by plugin, under upstream's names. On the way of every
// write, so the histograms are found by position.

import type { AdmissionPlugin, Operation } from '../call.ts'
import { type Histogram, Histograms, type Labels } from '../metric-families.ts'
import type { Metrics } from '../metrics.ts'
import { perCore } from '../per-core.ts'

export type Step = 'admit' | 'validate'

/** What is passed: where its histograms are, one for what was let through and one for what was refused. */
export interface Passage {
  readonly step: Step
  readonly operation: Operation
  readonly place: number
}

const limits = [0.005, 0.025, 0.1, 0.5, 1, 2.5]
const operations: Readonly<Record<Operation, number>> = { CREATE: 0, UPDATE: 1, DELETE: 2, CONNECT: 3 }

const passages: readonly Passage[] = Object.entries(operations).flatMap(([operation, at]) =>
  (['admit', 'validate'] as const).map((step, i) => ({
    step,
    operation: operation as Operation,
    place: at * 4 + i * 2,
  })),
)

export const passageOf = (step: Step, operation: Operation): Passage =>
  passages[operations[operation] * 2 + (step === 'admit' ? 0 : 1)]!

export class AdmissionCounts {
  readonly #controllers: Histograms
  readonly #steps: Histograms
  readonly #byPlugin = new Map<AdmissionPlugin, (Histogram | undefined)[]>()
  readonly #byStep: (Histogram | undefined)[] = []

  constructor(metrics: Metrics) {
    this.#steps = metrics.with(
      new Histograms({
        name: 'apiserver_admission_step_admission_duration_seconds',
        help: '[STABLE] How long the steps of admission took, by operation and by whether they refused.',
        limits,
      }),
    )
    this.#controllers = metrics.with(
      new Histograms({
        name: 'apiserver_admission_controller_admission_duration_seconds',
        help: '[STABLE] How long each admission plugin took, by operation and by whether it refused.',
        limits,
      }),
    )
  }

  plugin(plugin: AdmissionPlugin, passage: Passage, rejected: boolean, seconds: number): void {
    let all = this.#byPlugin.get(plugin)
    if (!all) {
      all = []
      this.#byPlugin.set(plugin, all)
    }
    const place = passage.place + (rejected ? 1 : 0)
    let histogram = all[place]
    if (!histogram) {
      histogram = this.#controllers.of({ name: plugin.name, ...labelsOf(passage, rejected) })
      all[place] = histogram
    }
    histogram.observe(seconds)
  }

  step(passage: Passage, rejected: boolean, seconds: number): void {
    const place = passage.place + (rejected ? 1 : 0)
    let histogram = this.#byStep[place]
    if (!histogram) {
      histogram = this.#steps.of(labelsOf(passage, rejected))
      this.#byStep[place] = histogram
    }
    histogram.observe(seconds)
  }
}

const labelsOf = ({ step, operation }: Passage, rejected: boolean): Labels => ({
  operation,
  rejected: String(rejected),
  type: step,
})

export const countsOf = perCore(({ metrics }) => new AdmissionCounts(metrics))
