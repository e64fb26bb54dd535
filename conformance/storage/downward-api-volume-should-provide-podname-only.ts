// A file of a volume says the name of the pod.

import { behaviour } from '../behaviour.ts'
import { downward, showsPodName } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'Downward API volume should provide podname only', since: '1.9', needs: ['pods'] },
  (t) => showsPodName(t, downward),
)
