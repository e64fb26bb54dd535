// A file of a projected volume says what the node has to give where the cpu of a container has no limit.

import { behaviour } from '../behaviour.ts'
import { projectedDownward, showsAllocatable } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected downwardAPI should provide node allocatable (cpu) as default cpu limit if the limit is not set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsAllocatable(t, projectedDownward, 'cpu'),
)
