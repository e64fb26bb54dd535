// A file of a volume has the mode that the volume asks for.

import { behaviour } from '../behaviour.ts'
import { downward, hasDefaultMode } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'Downward API volume should set DefaultMode on files', since: '1.9', needs: ['pods'] },
  (t) => hasDefaultMode(t, downward),
)
