// Config maps that need not be there come, change and go in the volumes of a pod that runs.

import { behaviour } from '../behaviour.ts'
import { configMaps, followsOptional } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'ConfigMap optional updates should be reflected in volume',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => followsOptional(t, configMaps),
)
