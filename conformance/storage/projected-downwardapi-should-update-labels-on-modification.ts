// A file of a projected volume says the labels of the pod as they are now.

import { behaviour } from '../behaviour.ts'
import { followsMetadata, projectedDownward } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected downwardAPI should update labels on modification',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => followsMetadata(t, projectedDownward, 'labels'),
)
