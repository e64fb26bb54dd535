// A projected secret of a mode for the group is readable to whoever is of the group of the pod.

import { behaviour } from '../behaviour.ts'
import { projectedSecrets, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected secret should be consumable from pods in volume as non-root with defaultMode and fsGroup set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedSecrets, { user: 1000, fsGroup: 1001, defaultMode: 0o440 }),
)
