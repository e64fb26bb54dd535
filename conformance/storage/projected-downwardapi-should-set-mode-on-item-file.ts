// A file of a projected volume has the mode that its item asks for.

import { behaviour } from '../behaviour.ts'
import { hasItemMode, projectedDownward } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'Projected downwardAPI should set mode on item file', since: '1.9', needs: ['pods'] },
  (t) => hasItemMode(t, projectedDownward),
)
