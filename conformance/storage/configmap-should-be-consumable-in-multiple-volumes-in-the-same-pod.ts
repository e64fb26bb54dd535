// A config map is in two volumes of one pod.

import { behaviour } from '../behaviour.ts'
import { configMaps, showsTwice } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'ConfigMap should be consumable in multiple volumes in the same pod',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsTwice(t, configMaps),
)
