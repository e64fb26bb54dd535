// All benches, in the order in which they run.

import { api } from './api.ts'
import type { Bench } from './figure.ts'
import { node } from './node.ts'
import { start } from './start.ts'

export const benches: readonly Bench[] = [start, api, node]
