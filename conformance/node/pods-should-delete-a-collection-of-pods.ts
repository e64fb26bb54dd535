// Pods are deleted together, and the others stay.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'
import { idlePod } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'Pods should delete a collection of pods', since: '1.19' },
  (t) => checkDeleteCollection(t, { apiVersion: 'v1', plural: 'pods', make: () => ({ spec: idlePod(t) }) }),
)
