// Priority and fairness: how many requests may run at a time, from the flags, and who looks after its objects.

import { UsageError } from '#cli/command.ts'
import { createRecorder } from '#client/recorder.ts'
import { type RunnerOptions, type RunningControllers, runControllers } from '#client/runner.ts'
import { flowControl } from '#controllers/flow-control.ts'
import type { Clock } from '#lib/clock.ts'
import { FlowControl } from '#server/flowcontrol/flow-control.ts'
import type { Store } from '#store/store.ts'

export interface FairnessOptions {
  readonly maxRequestsInflight: string
  readonly maxMutatingRequestsInflight: string
}

function count(flag: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new UsageError(`--${flag}: "${text}" is no number of requests`)
}

export function startFairness(options: FairnessOptions, { store, clock }: { store: Store; clock: Clock }): FlowControl {
  const totalSeats =
    count('max-requests-inflight', options.maxRequestsInflight) +
    count('max-mutating-requests-inflight', options.maxMutatingRequestsInflight)
  if (totalSeats === 0)
    throw new UsageError('--max-requests-inflight and --max-mutating-requests-inflight are both 0: nothing could run')
  return new FlowControl({ store, clock, totalSeats })
}

/** Runs with every server, whether it runs the other controllers or not. */
export function keepFlowControl(options: Omit<RunnerOptions, 'events'>): RunningControllers {
  return runControllers(flowControl, { ...options, events: (component) => createRecorder({ ...options, component }) })
}
