// A config map is the one file that is asked for, at the path that is asked for.

import { behaviour } from '../behaviour.ts'
import { configMaps, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'ConfigMap should be consumable from pods in volume with mappings',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, configMaps, { isMapped: true }),
)
