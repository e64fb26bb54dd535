// A file of a volume says the request of a container's memory.

import { behaviour } from '../behaviour.ts'
import { downward, showsResource } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: "Downward API volume should provide container's memory request",
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsResource(t, downward, 'requests.memory'),
)
