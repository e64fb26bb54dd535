// A projected config map is files of the mode that the volume asks for.

import { behaviour } from '../behaviour.ts'
import { projectedConfigMaps, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected configMap should be consumable from pods in volume with defaultMode set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedConfigMaps, { defaultMode: 0o400 }),
)
