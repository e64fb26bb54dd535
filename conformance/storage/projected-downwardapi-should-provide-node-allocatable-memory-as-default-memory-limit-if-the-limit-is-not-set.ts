// A file of a projected volume says what the node has to give where the memory of a container has no limit.

import { behaviour } from '../behaviour.ts'
import { projectedDownward, showsAllocatable } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected downwardAPI should provide node allocatable (memory) as default memory limit if the limit is not set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsAllocatable(t, projectedDownward, 'memory'),
)
