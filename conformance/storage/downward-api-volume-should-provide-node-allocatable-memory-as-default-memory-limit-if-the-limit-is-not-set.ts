// A file of a volume says what the node has to give where the memory of a container has no limit.

import { behaviour } from '../behaviour.ts'
import { downward, showsAllocatable } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Downward API volume should provide node allocatable (memory) as default memory limit if the limit is not set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsAllocatable(t, downward, 'memory'),
)
