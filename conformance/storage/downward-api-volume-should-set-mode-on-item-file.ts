// A file of a volume has the mode that its item asks for.

import { behaviour } from '../behaviour.ts'
import { downward, hasItemMode } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'Downward API volume should set mode on item file', since: '1.9', needs: ['pods'] },
  (t) => hasItemMode(t, downward),
)
