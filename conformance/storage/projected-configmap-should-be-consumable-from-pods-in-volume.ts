// A projected config map is files, one for each key, which anybody can read.

import { behaviour } from '../behaviour.ts'
import { projectedConfigMaps, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected configMap should be consumable from pods in volume',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedConfigMaps),
)
