// A projected config map is in two volumes of one pod.

import { behaviour } from '../behaviour.ts'
import { projectedConfigMaps, showsTwice } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected configMap should be consumable in multiple volumes in the same pod',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsTwice(t, projectedConfigMaps),
)
