// A secret is the one file that is asked for, of the mode that is asked for.

import { behaviour } from '../behaviour.ts'
import { secrets, showsData } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Secrets should be consumable from pods in volume with mappings and Item Mode set',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsData(t, secrets, { isMapped: true, itemMode: 0o400 }),
)
