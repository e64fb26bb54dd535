// A projected secret is in two volumes of one pod.

import { behaviour } from '../behaviour.ts'
import { projectedSecrets, showsTwice } from '../fixtures/data-volumes.ts'

export const test = behaviour(
  {
    group: 'sig-storage',
    name: 'Projected secret should be consumable in multiple volumes in a pod',
    since: '1.9',
    needs: ['pods'],
  },
  (t) => showsTwice(t, projectedSecrets),
)
