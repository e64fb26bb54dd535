// A file of a projected volume has the mode that the volume asks for.

import { behaviour } from '../behaviour.ts'
import { hasDefaultMode, projectedDownward } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected downwardAPI should set DefaultMode on files',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => hasDefaultMode(t, projectedDownward),
)
