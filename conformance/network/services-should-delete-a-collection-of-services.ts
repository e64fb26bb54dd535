// Services are deleted together, and the others stay.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'Services should delete a collection of services', since: '1.23' },
  (t) =>
    checkDeleteCollection(t, {
      apiVersion: 'v1',
      plural: 'services',
      make: () => ({ spec: { ports: [{ port: 80 }] } }),
    }),
)
