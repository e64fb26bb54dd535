// Puts the scheduler together with what it needs, in the server's process or alone.

import type { Client } from '#client/client.ts'
import type { SharedInformers } from '#client/informers.ts'
import { createRecorder } from '#client/recorder.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import { plugins } from '#scheduler/plugins/index.ts'
import { type Scheduler, startScheduler } from '#scheduler/scheduler.ts'

export interface SchedulingOptions {
  readonly client: Client
  readonly informers: SharedInformers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
}

export function startScheduling(options: SchedulingOptions): Scheduler {
  const events = createRecorder({ ...options, component: 'default-scheduler' })
  return startScheduler({ ...options, events, plugins })
}
