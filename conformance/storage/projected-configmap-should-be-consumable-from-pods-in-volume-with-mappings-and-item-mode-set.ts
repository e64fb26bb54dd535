// A projected config map is the one file that is asked for, of the mode that is asked for.

import { behaviour } from '../behaviour.ts'
import { projectedConfigMaps, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected configMap should be consumable from pods in volume with mappings and Item mode set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedConfigMaps, { isMapped: true, itemMode: 0o400 }),
)
