// A config map is the one file that is asked for, of the mode that is asked for.

import { behaviour } from '../behaviour.ts'
import { configMaps, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'ConfigMap should be consumable from pods in volume with mappings and Item mode set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, configMaps, { isMapped: true, itemMode: 0o400 }),
)
