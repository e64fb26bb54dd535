// A file of a projected volume says the name of the pod.

import { behaviour } from '../behaviour.ts'
import { projectedDownward, showsPodName } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  { group: 'sig-storage', name: 'Projected downwardAPI should provide podname only', since: '1.9', needs: ['pods'] },
  (t) => showsPodName(t, projectedDownward),
)
