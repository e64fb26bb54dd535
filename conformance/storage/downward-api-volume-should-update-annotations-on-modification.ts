// A file of a volume says the annotations of the pod as they are now.

import { behaviour } from '../behaviour.ts'
import { downward, followsMetadata } from '../fixtures/downward-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Downward API volume should update annotations on modification',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => followsMetadata(t, downward, 'annotations'),
)
