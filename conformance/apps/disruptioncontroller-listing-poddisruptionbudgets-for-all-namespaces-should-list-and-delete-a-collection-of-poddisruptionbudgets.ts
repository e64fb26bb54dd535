// Budgets are listed across namespaces by a label, and deleted together.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'DisruptionController Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets',
    since: '1.21',
  },
  (t) =>
    checkDeleteCollection(t, {
      apiVersion: 'policy/v1',
      plural: 'poddisruptionbudgets',
      make: (name) => ({ spec: { selector: { matchLabels: { app: name } }, minAvailable: 1 } }),
    }),
)
