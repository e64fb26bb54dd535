// A file of a volume says what the node has to give where the cpu of a container has no limit.

import { behaviour } from '../behaviour.ts'
import { downward, showsAllocatable } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Downward API volume should provide node allocatable (cpu) as default cpu limit if the limit is not set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsAllocatable(t, downward, 'cpu'),
)
