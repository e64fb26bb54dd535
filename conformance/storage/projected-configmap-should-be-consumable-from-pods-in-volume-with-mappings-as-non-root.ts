// A projected config map is the one file that is asked for, and another user than root can read it.

import { behaviour } from '../behaviour.ts'
import { projectedConfigMaps, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected configMap should be consumable from pods in volume with mappings as non-root',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedConfigMaps, { isMapped: true, user: 1000 }),
)
