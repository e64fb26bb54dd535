// A projected secret is files of the mode that the volume asks for.

import { behaviour } from '../behaviour.ts'
import { projectedSecrets, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected secret should be consumable from pods in volume with defaultMode set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedSecrets, { defaultMode: 0o400 }),
)
