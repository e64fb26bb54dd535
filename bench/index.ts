// All benches, in the order in which they run.

import { api } from './api.ts'
import type { Bench } from './figure.ts'
import { node } from './node.ts'
import { proxy } from './proxy.ts'
import { scale } from './scale.ts'
import { benchScheduler } from './scheduler.ts'
import { start } from './start.ts'

const scheduler: Bench = {
  name: 'scheduler',
  summary: 'decisions, and pods bound through the API in one process',
  async run(report) {
    for (const figure of await benchScheduler()) report(figure)
  },
}

export const benches: readonly Bench[] = [start, api, scale, scheduler, proxy, node]
