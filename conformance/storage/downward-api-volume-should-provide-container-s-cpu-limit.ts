// A file of a volume says the limit of a container's cpu.

import { behaviour } from '../behaviour.ts'
import { downward, showsResource } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: "Downward API volume should provide container's cpu limit",
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsResource(t, downward, 'limits.cpu'),
)
