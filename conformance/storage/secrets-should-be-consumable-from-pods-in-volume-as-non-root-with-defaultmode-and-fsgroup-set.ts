// A secret of a mode for the group is readable to whoever is of the group of the pod.

import { behaviour } from '../behaviour.ts'
import { secrets, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Secrets should be consumable from pods in volume as non-root with defaultMode and fsGroup set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, secrets, { user: 1000, fsGroup: 1001, defaultMode: 0o440 }),
)
