// A projected secret is files, one for each key, which anybody can read.

import { behaviour } from '../behaviour.ts'
import { projectedSecrets, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected secret should be consumable from pods in volume',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, projectedSecrets),
)
