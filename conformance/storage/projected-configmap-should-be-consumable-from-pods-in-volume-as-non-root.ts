// A projected config map is files that another user than root can read.

import { behaviour } from '../behaviour.ts'
import { projectedConfigMaps, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected configMap should be consumable from pods in volume as non-root',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedConfigMaps, { user: 1000 }),
)
