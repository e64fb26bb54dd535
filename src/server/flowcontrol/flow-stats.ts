// What is counted of a flow schema's requests, for /metrics.

import { Histogram } from '../metric-families.ts'
import type { Refusal } from './levels.ts'

const waitSeconds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30]
const runSeconds = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30]
const seatCounts = [1, 2, 4, 10]

export class FlowStats {
  waiting = 0
  running = 0
  seats = 0
  dispatched = 0
  readonly refusals = new Map<Refusal, number>()
  readonly waits = { true: new Histogram(waitSeconds), false: new Histogram(waitSeconds) }
  readonly runs = { regular: new Histogram(runSeconds), watch: new Histogram(runSeconds) }
  readonly widths = new Histogram(seatCounts)

  waited(ms: number, isServed: boolean): void {
    this.waits[isServed ? 'true' : 'false'].observe(ms / 1000)
  }

  started(seats: number): void {
    this.dispatched++
    this.running++
    this.seats += seats
    this.widths.observe(seats)
  }

  finished(seats: number, ms: number, isWatch: boolean): void {
    this.running--
    this.seats -= seats
    this.runs[isWatch ? 'watch' : 'regular'].observe(ms / 1000)
  }

  refused(why: Refusal): void {
    this.refusals.set(why, (this.refusals.get(why) ?? 0) + 1)
  }
}
