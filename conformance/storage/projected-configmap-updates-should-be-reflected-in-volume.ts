// The files of a projected config map become what it says now, while the pod runs.

import { behaviour } from '../behaviour.ts'
import { followsUpdates, projectedConfigMaps } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected configMap updates should be reflected in volume',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => followsUpdates(t, projectedConfigMaps),
)
