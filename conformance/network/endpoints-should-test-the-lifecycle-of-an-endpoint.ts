// Endpoints take every verb, and what changes of them is watched.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'

export const test = behaviour(
  { group: 'sig-network', name: 'Endpoints should test the lifecycle of an Endpoint', since: '1.19' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      plural: 'endpoints',
      make: () => ({
        subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }],
      }),
      patch: {
        subsets: [{ addresses: [{ ip: '192.0.2.2' }], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }],
      },
    }),
)
