// A secret is in two volumes of one pod.

import { behaviour } from '../behaviour.ts'
import { secrets, showsTwice } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Secrets should be consumable in multiple volumes in a pod',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsTwice(t, secrets),
)
