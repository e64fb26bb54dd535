// A file of a projected volume says the request of a container's cpu.

import { behaviour } from '../behaviour.ts'
import { projectedDownward, showsResource } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: "Projected downwardAPI should provide container's cpu request",
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsResource(t, projectedDownward, 'requests.cpu'),
)
