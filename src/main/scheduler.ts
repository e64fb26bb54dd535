import type { Client } from '#client/client.ts'
import type { SharedInformers } from '#client/informers.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'

export interface SchedulingOptions {
  readonly client: Client
  readonly informers: SharedInformers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly signal: AbortSignal
}
export const startScheduling = (_options: SchedulingOptions) => ({ stop: async () => {} })
